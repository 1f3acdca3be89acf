import { describe, expect, it } from 'vitest';
import {
  type CredentialsRefused,
  readCredentialsRefused,
  writeCredentialsRefused,
} from '../../../lib/ledger/state/credential-alarm.ts';
import {
  type Quarantined,
  readQuarantined,
  writeQuarantined,
} from '../../../lib/ledger/state/quarantined.ts';
import { type Cursors, readCursors, writeCursors } from '../../../lib/ledger/state/cursors.ts';
import {
  readNotifiedHeartbeat,
  writeNotifiedHeartbeat,
} from '../../../lib/ledger/state/heartbeat.ts';
import {
  type Inventory,
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/state/inventory.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import {
  type Provisioning,
  readProvisioning,
  writeProvisioning,
} from '../../../lib/ledger/state/provisioning.ts';
import { noteSkipped, readSkipped } from '../../../lib/ledger/state/skipped-slots.ts';
import {
  readNotifiedStale,
  type NotifiedStale,
  writeNotifiedStale,
} from '../../../lib/ledger/state/staleness.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const DAY = 24 * 60 * MINUTE;
const RUN = 'nightly-20260102t023000z';

const trouble: CredentialsRefused = { ticks: 3, since: T0, alarmed: true, rest_until: T0 + MINUTE };
const quarantined: Quarantined = {
  run_id: RUN,
  code: 'object_newer',
  message: 'has version 9',
  at: T0,
};
const told: NotifiedStale = { policy: 'nightly', since: T0, told_at: T0 + MINUTE };
const cursors: Cursors = {
  nightly: {
    etag: 'e1',
    active: true,
    on_provisioned: true,
    rule: { cron: '30 2 * * *', timezone: 'Asia/Shanghai', start_within: 60 * MINUTE },
    paused_until: T0 + DAY,
    since: T0,
    freshness: { from: T0, deadline: DAY, language: 'zh', judged: T0 - DAY },
  },
  weekly: { etag: 'e2', active: false, fault: 'schedule: unknown', since: T0 },
};
const provisioning: Provisioning = {
  policies: { nightly: { etag: 'e1', on: true, since: T0, given: { p1: T0 } } },
  swept_at: T0,
  horizon: T0 - MINUTE,
  sweeping: { started_at: T0, offset: 100 },
};
const inventory: Inventory = {
  ...startInventory(T0, undefined),
  finished_at: T0 + MINUTE,
  phones: [{ phone_id: 'p1', phone_name: 'game-1', server_id: 's1', status: 'running' }],
};

type State = {
  key: string;
  write: (store: Store) => Promise<void>;
  read: (store: Store) => Promise<unknown>;
  value: unknown;
  /** What is read when there is nothing that can be. */
  nothing?: unknown;
};

const states: [string, State][] = [
  [
    'the trouble with the credentials',
    {
      key: layout.alarms,
      write: (store) => writeCredentialsRefused(store, trouble),
      read: readCredentialsRefused,
      value: { version: 1, ...trouble },
    },
  ],
  [
    'that a run was told of as unreadable',
    {
      key: layout.quarantined(RUN),
      write: (store) => writeQuarantined(store, quarantined),
      read: (store) => readQuarantined(store, RUN),
      value: { version: 1, ...quarantined },
    },
  ],
  [
    'what was told of a stale policy',
    {
      key: layout.stale('nightly'),
      write: (store) => writeNotifiedStale(store, told),
      read: (store) => readNotifiedStale(store, 'nightly'),
      value: { version: 1, ...told },
    },
  ],
  [
    "the slot of the last day's message",
    {
      key: layout.heartbeat,
      write: (store) => writeNotifiedHeartbeat(store, T0),
      read: readNotifiedHeartbeat,
      value: T0,
    },
  ],
  [
    'the cursors of the schedule',
    {
      key: layout.cursors,
      write: (store) => writeCursors(store, cursors),
      read: readCursors,
      value: cursors,
      nothing: {},
    },
  ],
  [
    'what is known of new phones',
    {
      key: layout.provisioning,
      write: (store) => writeProvisioning(store, provisioning, T0),
      read: readProvisioning,
      value: { version: 1, ...provisioning },
      nothing: { policies: {} },
    },
  ],
  [
    'the slots that were skipped',
    {
      key: layout.skipped('nightly'),
      write: (store) => noteSkipped(store, 'nightly', '20260102T023000Z', T0),
      read: (store) => readSkipped(store, 'nightly'),
      value: new Map([['20260102T023000Z', T0]]),
      nothing: new Map(),
    },
  ],
  [
    'a reading of the whole fleet',
    {
      key: 'state/inventory/all.json',
      write: (store) => saveInventory(store, inventory),
      read: (store) => loadInventory(store, undefined),
      value: inventory,
    },
  ],
  [
    'a reading of one server',
    {
      key: 'state/inventory/server-s1.json',
      write: (store) => saveInventory(store, { ...inventory, server_id: 's1' }),
      read: (store) => loadInventory(store, 's1'),
      value: { ...inventory, server_id: 's1' },
    },
  ],
];

describe.each(states)('%s', (_, { key, write, read, value, nothing }) => {
  const open = () => memoryStore(playClock(T0));

  it('is read as it was written', async () => {
    const store = open();
    await write(store);
    expect((await store.list('')).map((object) => object.key)).toEqual([key]);
    expect(await read(store)).toEqual(value);
  });

  it.each([undefined, '', 'broken', '{"version":1}', '{"version":9}'])(
    'counts as unknown where %j lies',
    async (body) => {
      const store = open();
      if (body !== undefined) await store.put(key, body);
      expect(await read(store)).toEqual(nothing);
    },
  );

  it('is not taken for unknown when the bucket does not answer', async () => {
    const get = () => Promise.reject(new Error('no answer'));
    await expect(read({ ...open(), get })).rejects.toThrow('no answer');
  });
});

describe('writeAside', () => {
  it('keeps the note that stands', async () => {
    const store = memoryStore(playClock());
    await writeQuarantined(store, quarantined);
    await writeQuarantined(store, { ...quarantined, at: T0 + MINUTE });
    expect((await readQuarantined(store, RUN))?.at).toBe(T0);
  });
});

describe('writeProvisioning', () => {
  it('forgets after eight days which phones had their first backup', async () => {
    const store = memoryStore(playClock());
    const given = { old: T0 - 8 * DAY, young: T0 - 8 * DAY + 1, today: T0 };
    await writeProvisioning(
      store,
      {
        policies: {
          nightly: { etag: 'e1', on: true, since: T0 - 30 * DAY, given },
          weekly: { etag: 'e2', on: false, paused_until: T0, given: { p1: 0 } },
        },
      },
      T0,
    );
    expect(await readProvisioning(store)).toEqual({
      version: 1,
      policies: {
        nightly: {
          etag: 'e1',
          on: true,
          since: T0 - 30 * DAY,
          given: { young: T0 - 8 * DAY + 1, today: T0 },
        },
        weekly: { etag: 'e2', on: false, paused_until: T0, given: {} },
      },
    });
  });
});

describe('noteSkipped', () => {
  const slot = (day: number) => `2026010${day}T023000Z`;

  it('forgets a slot two days after it was told', async () => {
    const store = memoryStore(playClock());
    await noteSkipped(store, 'nightly', slot(2), T0);
    await noteSkipped(store, 'nightly', slot(3), T0 + 2 * DAY - 1);
    expect([...(await readSkipped(store, 'nightly')).keys()]).toEqual([slot(2), slot(3)]);
    await noteSkipped(store, 'nightly', slot(4), T0 + 2 * DAY);
    expect(await readSkipped(store, 'nightly')).toEqual(
      new Map([
        [slot(3), T0 + 2 * DAY - 1],
        [slot(4), T0 + 2 * DAY],
      ]),
    );
  });

  it('remembers when a slot was told first', async () => {
    const store = memoryStore(playClock());
    await noteSkipped(store, 'nightly', slot(2), T0);
    await noteSkipped(store, 'nightly', slot(2), T0 + MINUTE);
    expect(await readSkipped(store, 'nightly')).toEqual(new Map([[slot(2), T0]]));
  });

  it('keeps the policies apart', async () => {
    const store = memoryStore(playClock());
    await noteSkipped(store, 'nightly', slot(2), T0);
    expect(await readSkipped(store, 'weekly')).toEqual(new Map());
  });
});

describe('startInventory', () => {
  it.each([
    [undefined, {}],
    ['s1', { server_id: 's1' }],
  ])('begins to read server %s at its first phone', (server, scope) => {
    expect(startInventory(T0, server)).toStrictEqual({
      version: 1,
      ...scope,
      started_at: T0,
      complete: true,
      offset: 0,
      passes: 1,
      pages: 0,
      phones: [],
    });
  });
});
