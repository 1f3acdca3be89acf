import { describe, expect, it } from 'vitest';
import { type Lookup, putLookup } from '../../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import {
  type PendingHint,
  readPending,
} from '../../../../lib/run/first-backup/hints/pending-hints.ts';
import { recordReads, withFailingStore } from '../../../support/fake-stores.ts';
import { inboxScene } from '../../../support/inbox-scene.ts';
import { T0 } from '../../../support/runs.ts';

const HOUR = 60 * 60_000;
const lookup = (changes: Partial<Lookup> = {}): Lookup => ({
  ...{ change: 'created', phones: ['p1'], servers: [], others: [] },
  ...changes,
});
const noneKnown = () => new Map<string, PendingHint>();

describe('readPending', () => {
  it('returns hints with the time when they were stored', async () => {
    const { deps, store, clock, lines } = inboxScene();
    await putLookup(store, { id: 'trace-1', lookup: lookup() });
    clock.move(7);
    await putLookup(store, { id: 'discovered-2', lookup: lookup({ change: 'discovered' }) });
    const known = noneKnown();
    const pending = await readPending(deps, ['trace-1', 'discovered-2'], known);
    expect(pending).toMatchObject([
      { id: 'trace-1', lookup: lookup(), writtenAt: T0, generation: 0 },
      {
        id: 'discovered-2',
        lookup: lookup({ change: 'discovered' }),
        writtenAt: T0 + 7,
        generation: 0,
      },
    ]);
    expect([...known.values()]).toEqual(pending);
    expect(lines).toEqual([]);
  });

  it('reads each hint once, and forgets hints that are no longer listed', async () => {
    const { deps, store } = inboxScene();
    await putLookup(store, { id: 'trace-1', lookup: lookup() });
    await putLookup(store, { id: 'trace-2', lookup: lookup() });
    const known = noneKnown();
    await readPending(deps, ['trace-1', 'trace-2'], known);
    const watched = recordReads(store);
    const again = await readPending({ ...deps, store: watched }, ['trace-2', 'trace-3'], known);
    expect(again.map(({ id }) => id)).toEqual(['trace-2']);
    expect(watched.reads.filter((read) => read.startsWith('get'))).toEqual([
      'get open/hints/trace-3.json',
    ]);
    expect([...known.keys()]).toEqual(['trace-2']);
  });

  it('ignores hints of other kinds', async () => {
    const { deps, store } = inboxScene();
    const watched = recordReads(store);
    expect(
      await readPending({ ...deps, store: watched }, ['sweep-202601020230'], noneKnown()),
    ).toEqual([]);
    expect(watched.reads).toEqual([]);
  });

  it.each<[string, Partial<Lookup>, number, boolean]>([
    ['is the time of a reset', { change: 'reset', at: T0 - HOUR }, T0 - HOUR, false],
    [
      'is the time of a reset by a clock less than an hour ahead',
      { change: 'reset', at: T0 + HOUR - 1 },
      T0 + HOUR - 1,
      false,
    ],
    [
      'is 0 for a reset an hour ahead, which is logged',
      { change: 'reset', at: T0 + HOUR },
      0,
      true,
    ],
    ['is 0 for a reset of unknown time, which is logged', { change: 'reset' }, 0, true],
    ['is 0 for a purchase', { change: 'created', at: T0 - HOUR }, 0, false],
  ])('returns a generation that %s', async (_, changes, generation, warns) => {
    const { deps, store, lines } = inboxScene();
    await putLookup(store, { id: 'trace-1', lookup: lookup(changes) });
    const [hint] = await readPending(deps, ['trace-1'], noneKnown());
    expect(hint?.generation).toBe(generation);
    expect(lines).toEqual(warns ? [['warn', 'hint_time_invalid', { hint: 'trace-1' }]] : []);
  });

  it.each([
    ['is invalid', '{', 'object_invalid'],
    ['a newer version wrote', '{"version":2}', 'object_newer'],
  ])('skips, logs and keeps a hint that %s', async (_, body, code) => {
    const { deps, store, lines, hints } = inboxScene();
    await store.put(layout.hint('trace-1'), body);
    await putLookup(store, { id: 'trace-2', lookup: lookup() });
    const known = noneKnown();
    const pending = await readPending(deps, ['trace-1', 'trace-2'], known);
    expect(pending.map(({ id }) => id)).toEqual(['trace-2']);
    expect([...known.keys()]).toEqual(['trace-2']);
    expect(lines).toMatchObject([['error', 'object_unreadable', { code }]]);
    expect(await hints()).toEqual(['trace-1', 'trace-2']);
  });

  it('skips a hint that the bucket does not return, which it keeps', async () => {
    const { deps, lines } = inboxScene();
    expect(await readPending(withFailingStore(deps, 'get'), ['trace-1'], noneKnown())).toEqual([]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { key: layout.hint('trace-1') }]]);
  });
});
