import { expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { exists } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';

it.each([
  ['runs/a/report.json', true],
  ['runs/a/report', false],
  ['runs/a/', false],
  ['runs/b/report.json', false],
])('finds an object only under its exact key: %s', async (key, there) => {
  const store = memoryStore(playClock());
  await store.put('runs/a/report.json', '{}');
  await store.put('runs/a/report.json.bak', '{}');
  expect(await exists(store, key)).toBe(there);
});

it('checks for an object with a LIST of one', async () => {
  const store = memoryStore(playClock());
  for (const key of ['a', 'ab', 'abc']) await store.put(key, '');
  const listed: unknown[] = [];
  const list: typeof store.list = (prefix, options) => (
    listed.push(options),
    store.list(prefix, options)
  );
  expect(await exists({ list }, 'a')).toBe(true);
  expect(listed).toEqual([{ max: 1 }]);
});
