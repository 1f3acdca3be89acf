import { expect, it } from 'vitest';
import { createFunctionStore } from '../../../../local/functiongraph/model/function-store.ts';
import { functionUrn } from '../../../../local/functiongraph/model/urn.ts';
import { functionRecord, PLACE } from '../../support/functiongraph.ts';

it('finds a function by URN until it is removed, and knows no version but latest', () => {
  const store = createFunctionStore(PLACE);
  const record = functionRecord();
  const urn = functionUrn(record, PLACE);
  const codeOf = (wanted: string) => {
    try {
      return store.find(wanted) === record ? 'found' : 'another';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(codeOf(urn)).toBe('FSS.1051');
  store.add(record);
  expect([
    codeOf(urn),
    codeOf(urn.replace(':latest', '')),
    codeOf(urn.replace('latest', 'v1')),
  ]).toEqual(['found', 'found', 'FSS.1052']);
  expect([store.has('default', 'backup'), store.exists(record), store.list()]).toEqual([
    true,
    true,
    [record],
  ]);
  store.remove(record);
  store.add(functionRecord());
  expect(store.exists(record)).toBe(false);
});
