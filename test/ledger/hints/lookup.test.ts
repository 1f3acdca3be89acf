import { expect, it } from 'vitest';
import { isHint } from '../../../lib/ledger/hints/hints.ts';
import {
  isLookupHint,
  type Lookup,
  MAX_IDS_PER_HINT,
  putLookup,
  readLookup,
} from '../../../lib/ledger/hints/lookup.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { expectKind, hintSuite } from './hint-suite.ts';

const lookup: Lookup = { change: 'reset', at: T0, phones: ['p1'], servers: ['s1'], others: [] };

hintSuite('phones to look up', {
  id: 'trace-1',
  put: (store) => putLookup(store, { id: 'trace-1', lookup }),
  read: readLookup,
  value: { lookup, writtenAt: T0 },
  is: isLookupHint,
});

it('keeps the time and the content of the first delivery', async () => {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  await putLookup(store, { id: 'trace-1', lookup });
  clock.move(MINUTE);
  await putLookup(store, { id: 'trace-1', lookup: { ...lookup, phones: ['p2'] } });
  expect(await readLookup(store, 'trace-1')).toEqual({ lookup, writtenAt: T0 });
});

it('rejects a hint of more than 1,000 ids of a kind', async () => {
  const store = memoryStore(playClock());
  const named = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);
  const [most, more] = [named(MAX_IDS_PER_HINT), named(MAX_IDS_PER_HINT + 1)];
  await putLookup(store, { id: 'discovered-1', lookup: { ...lookup, phones: most } });
  expect((await readLookup(store, 'discovered-1'))?.lookup.phones).toHaveLength(1_000);
  await putLookup(store, { id: 'discovered-2', lookup: { ...lookup, phones: more } });
  await expect(readLookup(store, 'discovered-2')).rejects.toMatchObject({ code: 'object_invalid' });
});

it.each(['trace-1', 'message-1', 'discovered-20260102'])('recognises the id %s', (id) => {
  expectKind(id, isLookupHint);
});

it.each(['trace', 'tracer-1', 'a-trace-1', 'lost-1'])('rejects the id %s', (id) => {
  expect(isLookupHint(id)).toBe(false);
  expect(isHint(id)).toBe(false);
});
