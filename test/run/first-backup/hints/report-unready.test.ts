import { describe, expect, it } from 'vitest';
import { isMissedHint, readMissed } from '../../../../lib/ledger/hints/missed-slots.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import type { PendingHint } from '../../../../lib/run/first-backup/hints/pending-hints.ts';
import {
  reportUnready,
  type UnreadyPhone,
} from '../../../../lib/run/first-backup/hints/report-unready.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const hint = (id: string, writtenAt = T0): PendingHint => ({
  ...{ id, writtenAt, generation: 0 },
  lookup: { change: 'created', phones: [], servers: [], others: [] },
});
const [first, second] = [hint('trace-1'), hint('trace-2', T0 - MINUTE)];
const unready = (own: PendingHint, phone_id: string, policy = 'nightly'): UnreadyPhone => ({
  ...{ hint: own, policy, phone_id, phone_name: `game-${phone_id}`, reason: 'phone_stopped' },
});

/** What is to be notified once the hints `given` are given up. */
async function reported(given: PendingHint[], phones: UnreadyPhone[], times = 1) {
  const clock = playClock(T0 + 5 * MINUTE);
  const store = memoryStore(clock);
  for (let n = 0; n < times; n += 1) await reportUnready({ store, clock }, new Set(given), phones);
  const listed = await store.list(layout.hints);
  const ids = listed.map(({ key }) => key.slice(layout.hints.length, -'.json'.length));
  expect(ids.every(isMissedHint)).toBe(true);
  return Promise.all(ids.map((id) => readMissed(store, id)));
}

describe('phones whose first backups are given up', () => {
  it('make one message a policy, with each phone once, from the first hint on', async () => {
    const phones = [
      unready(first, 'p1'),
      unready(second, 'p1'),
      unready(second, 'p2'),
      unready(first, 'p1', 'weekly'),
    ];
    const found = await reported([first, second], phones);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(
      expect.objectContaining({
        ...{ policy: 'nightly', reason: 'phones_not_ready', slots: 0 },
        ...{ first: '20260102T022900Z', last: '20260102T023500Z' },
        first_backups: expect.objectContaining({ count: 2 }) as object,
      }),
    );
  });

  it('are not those of hints that still wait', async () => {
    expect(await reported([second], [unready(first, 'p1')])).toEqual([]);
  });

  it('make the same message when a killed drive does it again', async () => {
    expect(await reported([first], [unready(first, 'p1')], 2)).toHaveLength(1);
  });

  it('are counted in full, and named up to fifty', async () => {
    const phones = Array.from({ length: 60 }, (_, n) => unready(first, `p${n}`));
    const [found] = await reported([first], phones);
    expect(found?.first_backups?.count).toBe(60);
    expect(found?.first_backups?.phones).toHaveLength(50);
  });
});
