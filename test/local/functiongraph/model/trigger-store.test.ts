import { expect, it } from 'vitest';
import { createTriggerStore } from '../../../../local/functiongraph/model/trigger-store.ts';
import { functionRecord, triggerRecord } from '../../support/functiongraph.ts';

it('finds a trigger only by its function, type and id', () => {
  const store = createTriggerStore();
  const [record, other] = [functionRecord(), functionRecord({ func_name: 'other' })];
  const trigger = triggerRecord('TIMER', { name: 't' }, record);
  store.add(trigger);
  expect(store.find(record, 'TIMER', trigger.id)).toBe(trigger);
  for (const [owner, type, id] of [
    [other, 'TIMER', trigger.id],
    [record, 'CTS', trigger.id],
    [record, 'TIMER', 'unknown'],
  ] as const) {
    expect(() => store.find(owner, type, id)).toThrow(
      expect.objectContaining({ code: 'FSS.1131' }),
    );
  }
  expect([store.of(record), store.of(other)]).toEqual([[trigger], []]);
  expect([store.all('TIMER'), store.all('CTS')]).toEqual([[trigger], []]);
  store.remove(trigger);
  expect([store.exists(trigger), store.of(record)]).toEqual([false, []]);
});
