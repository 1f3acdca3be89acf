import { expect, it } from 'vitest';
import { createFunctionLogs } from '../../../../local/functiongraph/runtime/function-logs.ts';

it('keeps the last 10,000 lines of each function', () => {
  const logs = createFunctionLogs();
  const add = (id: string, text: string) => logs.add(id, { at: 0, requestId: 'r', text });
  for (let i = 0; i <= 10_000; i += 1) add('f', String(i));
  add('g', 'other');
  expect(logs.list('f')).toHaveLength(10_000);
  expect(logs.list('f')[0]?.text).toBe('1');
  expect(logs.list('g').map(({ text }) => text)).toEqual(['other']);
  expect(logs.list('none')).toEqual([]);
});
