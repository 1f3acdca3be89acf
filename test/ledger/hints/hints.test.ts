import { describe, expect, it } from 'vitest';
import {
  type HeartbeatDue,
  isHeartbeatHint,
  putHeartbeat,
  readHeartbeat,
} from '../../../lib/ledger/state/heartbeat.ts';
import {
  isHint,
  isLookupHint,
  isMissedHint,
  isSweepHint,
  type Lookup,
  type Missed,
  missedId,
  MAX_NAMED,
  putLookup,
  putMissed,
  putSweep,
  readLookup,
  readMissed,
  sweepId,
  sweepSlot,
} from '../../../lib/ledger/hints/hints.ts';
import {
  requestInventory,
  isInventoryRequest,
  readInventoryRequest,
} from '../../../lib/ledger/hints/inventory-request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import {
  isRecoveredHint,
  isStaleHint,
  putRecovered,
  putStale,
  readRecovered,
  readStale,
  type Recovered,
  type Stale,
} from '../../../lib/ledger/state/staleness.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const missed: Missed = {
  policy: 'nightly',
  reason: 'too_late',
  first: '20260102T023000Z',
  last: '20260103T023000Z',
  slots: 2,
};
const lookup: Lookup = { change: 'reset', at: T0, phones: ['p1'], servers: ['s1'], others: [] };
const stale: Stale = { policy: 'nightly', since: T0, language: 'zh' };
const recovered: Recovered = { policy: 'nightly', since: T0, run_id: 'nightly-1' };
const due: HeartbeatDue = {
  slot: T0,
  since: T0 - 1440 * MINUTE,
  date: '20260102',
  language: 'en',
  timezone: 'UTC',
};
const request = { policy: 'nightly', asked_at: T0 };

type Kind = {
  id: string;
  put: (store: Store) => Promise<unknown>;
  read: (store: Store, id: string) => Promise<unknown>;
  value: object;
  /** The one question that this kind of hint answers with yes. */
  is: (id: string) => boolean;
};

const kinds: [string, Kind][] = [
  [
    'missed slots',
    {
      id: 'missed-nightly-20260103t023000z',
      put: (store) => putMissed(store, missed),
      read: readMissed,
      value: { version: 1, type: 'missed', ...missed },
      is: isMissedHint,
    },
  ],
  [
    'a look',
    {
      id: 'trace-1',
      put: (store) => putLookup(store, { id: 'trace-1', lookup }),
      read: readLookup,
      value: { lookup: { version: 1, type: 'lookup', ...lookup }, droppedAt: T0 },
      is: isLookupHint,
    },
  ],
  [
    'a stale policy',
    {
      id: `stale-nightly-${T0}`,
      put: (store) => putStale(store, stale),
      read: readStale,
      value: { version: 1, type: 'stale', ...stale },
      is: isStaleHint,
    },
  ],
  [
    'a policy that recovered',
    {
      id: `recovered-nightly-${T0}`,
      put: (store) => putRecovered(store, recovered),
      read: readRecovered,
      value: { version: 1, type: 'recovered', ...recovered },
      is: isRecoveredHint,
    },
  ],
  [
    "a day's message",
    {
      id: 'heartbeat-20260102',
      put: (store) => putHeartbeat(store, due),
      read: readHeartbeat,
      value: { version: 1, type: 'heartbeat', ...due },
      is: isHeartbeatHint,
    },
  ],
  [
    'a reading of the fleet',
    {
      id: 'inventory-nightly',
      put: (store) => requestInventory(store, request),
      read: readInventoryRequest,
      value: { version: 1, type: 'inventory', ...request },
      is: isInventoryRequest,
    },
  ],
];

const questions = [...kinds.map(([, { is }]) => is), isSweepHint];

// What holds in every store: hints-suite.ts.
describe.each(kinds)('the hint of %s', (_, { id, put, read, value, is }) => {
  it('is one object, however often it is dropped, and is read as it was dropped', async () => {
    const store = memoryStore(playClock(T0));
    expect(await read(store, id)).toBeUndefined();
    await put(store);
    await put(store);
    expect((await store.list('')).map(({ key }) => key)).toEqual([layout.hint(id)]);
    expect(await read(store, id)).toEqual(value);
  });

  it.each([
    ['broken', 'object_invalid'],
    ['{"version":1,"type":"other"}', 'object_invalid'],
    ['{"version":9}', 'object_newer'],
  ])('is not passed over where %j lies', async (body, code) => {
    const store = memoryStore(playClock(T0));
    await store.put(layout.hint(id), body);
    await expect(read(store, id)).rejects.toMatchObject({ code });
  });

  it('is known by its id, and for no other kind', () => {
    expect(questions.filter((question) => question(id))).toEqual([is]);
    expect(isHint(id)).toBe(true);
    expect(is(`x-${id}`)).toBe(false);
    expect(isHint(`x-${id}`)).toBe(false);
  });
});

describe('askForInventory', () => {
  const later = { policy: 'nightly', asked_at: T0 + MINUTE };

  it('answers the request that stands until it is done', async () => {
    const store = memoryStore(playClock());
    expect(await requestInventory(store, request)).toEqual(request);
    expect(await requestInventory(store, later)).toMatchObject(request);
    await store.remove([layout.hint('inventory-nightly')]);
    expect(await requestInventory(store, later)).toEqual(later);
    expect(await readInventoryRequest(store, 'inventory-nightly')).toMatchObject(later);
  });

  it('answers its own when the one that stood is done meanwhile', async () => {
    const store = memoryStore(playClock());
    await requestInventory(store, request);
    const get = async () => undefined;
    expect(await requestInventory({ ...store, get }, later)).toEqual(later);
  });
});

describe('a look', () => {
  it('stays as old as its first delivery', async () => {
    const clock = playClock(T0);
    const store = memoryStore(clock);
    await putLookup(store, { id: 'trace-1', lookup });
    clock.move(MINUTE);
    await putLookup(store, { id: 'trace-1', lookup: { ...lookup, phones: ['p2'] } });
    expect(await readLookup(store, 'trace-1')).toMatchObject({ lookup, droppedAt: T0 });
  });

  it('names a thousand of a kind at most', async () => {
    const store = memoryStore(playClock());
    const named = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);
    const [most, more] = [named(MAX_NAMED), named(MAX_NAMED + 1)];
    await putLookup(store, { id: 'found-1', lookup: { ...lookup, phones: most } });
    expect((await readLookup(store, 'found-1'))?.lookup.phones).toHaveLength(1_000);
    await putLookup(store, { id: 'found-2', lookup: { ...lookup, phones: more } });
    await expect(readLookup(store, 'found-2')).rejects.toMatchObject({ code: 'object_invalid' });
  });

  it.each(['trace-1', 'message-1', 'found-20260102'])('is known by the id %s', (id) => {
    expect(isLookupHint(id)).toBe(true);
    expect(isHint(id)).toBe(true);
  });

  it.each(['trace', 'tracer-1', 'a-trace-1', 'lost-1'])('is not known by the id %s', (id) => {
    expect(isLookupHint(id)).toBe(false);
    expect(isHint(id)).toBe(false);
  });
});

describe('missedId', () => {
  it('tells the last slots of policies apart', () => {
    expect(missedId(missed)).toBe('missed-nightly-20260103t023000z');
    expect(missedId({ ...missed, policy: 'weekly' })).toBe('missed-weekly-20260103t023000z');
    expect(missedId({ ...missed, last: missed.first })).toBe('missed-nightly-20260102t023000z');
  });
});

describe('a sweep', () => {
  it.each([
    [T0 - 1, T0 - 15 * MINUTE, 'sweep-202601020215'],
    [T0, T0, 'sweep-202601020230'],
    [T0 + 15 * MINUTE - 1, T0, 'sweep-202601020230'],
    [T0 + 15 * MINUTE, T0 + 15 * MINUTE, 'sweep-202601020245'],
  ])('at %i is that of its quarter of an hour', async (at, slot, id) => {
    const store = memoryStore(playClock());
    expect(sweepSlot(at)).toBe(slot);
    expect(sweepId(at)).toBe(id);
    await putSweep(store, slot);
    const [object, ...others] = await store.list('');
    expect([object?.key, others]).toEqual([layout.hint(id), []]);
    const body = (await store.get(layout.hint(id)))?.body ?? '';
    expect(JSON.parse(body)).toEqual({ version: 1, type: 'sweep' });
    expect(questions.filter((question) => question(id))).toEqual([isSweepHint]);
    expect(isHint(id)).toBe(true);
  });

  it.each([
    'sweep-20260102023',
    'sweep-2026010202300',
    'sweep-2026010202xx',
    'x-sweep-202601020230',
    'sweep-',
  ])('is not known by the id %s', (id) => {
    expect(isSweepHint(id)).toBe(false);
    expect(isHint(id)).toBe(false);
  });
});
