import { describe, expect, it } from 'vitest';
import {
  type Cursors,
  readCursors,
  readCursorsStrictly,
  writeCursors,
} from '../../../lib/ledger/state/cursors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { untilKilled } from '../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

/** Bytes of an object that holds about ten of the cursors of `many`. */
const SMALL = 18 * 1024;
const DAY = 24 * 60 * MINUTE;

const nightly: Cursors[string] = {
  etag: 'e1',
  active: true,
  on_provisioned: true,
  schedule: { cron: '30 2 * * *', timezone: 'Asia/Shanghai', start_within: 60 * MINUTE },
  paused_until: T0 + DAY,
  handled_until: T0,
  freshness: {
    counts_from: T0,
    deadline: DAY,
    objective: { phones: 90 },
    language: 'zh',
    checked_slot: T0 - DAY,
  },
};
const weekly = { etag: 'e2', active: false, error: 'schedule: unknown', handled_until: T0 };
const cursors: Cursors = { nightly, weekly };

/** Cursors of many policies, as large as they can be. */
const many = (count: number, handled_until = T0): Cursors =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `p-${n}`.padEnd(32, 'x'),
      {
        ...nightly,
        ...{ etag: 'e'.repeat(35), error: '政策'.repeat(150), handled_until },
        schedule: {
          cron: '0'.repeat(256),
          timezone: 'America/Argentina/Buenos_Aires',
          start_within: 9e9,
        },
        unread: { etag: 'e'.repeat(35), attempts: 99, retry_at: T0 },
      },
    ]),
  );

cacheSuite('the cursors of the schedule', {
  key: layout.cursors,
  write: (store) => writeCursors(store, cursors),
  read: readCursors,
  value: cursors,
  absent: {},
});

describe('the cursors of many policies', () => {
  it('lie in objects below 1 MiB', async () => {
    const store = memoryStore(playClock());
    await writeCursors(store, many(5_000));
    expect(await readCursors(store)).toEqual(many(5_000));
    const objects = await store.list('state/cursors');
    expect(objects.length).toBeGreaterThan(4);
    expect(Math.max(...objects.map(({ size }) => size))).toBeLessThan(MAX_OBJECT_BYTES);
  });

  it('each have one cursor, wherever a write is cut off', async () => {
    for (let writes = 0; ; writes += 1) {
      const store = memoryStore(playClock());
      await writeCursors(store, many(15), SMALL);
      const next = many(40, T0 + DAY);
      const isKilled = await untilKilled(store, writes, (dying) =>
        writeCursors(dying, next, SMALL),
      );
      const found = Object.values(await readCursors(store));
      expect([15, 40]).toContain(found.length);
      await writeCursors(store, next, SMALL);
      expect(await readCursors(store)).toEqual(next);
      if (!isKilled) return expect(writes).toBeGreaterThan(2);
    }
  });

  it('are lost together when a part is gone', async () => {
    const store = memoryStore(playClock());
    await writeCursors(store, cursors, 400);
    const [part = ''] = (await store.list('state/cursors/')).map(({ key }) => key);
    await store.remove([part]);
    expect(await readCursors(store)).toEqual({});
    await expect(readCursorsStrictly(store)).rejects.toMatchObject({ key: part });
  });
});
