import { describe, expect, it } from 'vitest';
import {
  readSkippedSlots,
  recordSkippedSlot,
} from '../../../../lib/ledger/state/notified/skipped-slots.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { cacheSuite } from '../cache-suite.ts';

const DAY = 24 * 60 * MINUTE;

cacheSuite('skipped slots', {
  key: layout.skipped('nightly'),
  write: (store) => recordSkippedSlot(store, 'nightly', '20260102T023000Z', T0),
  read: (store) => readSkippedSlots(store, 'nightly'),
  value: new Map([['20260102T023000Z', T0]]),
  absent: new Map(),
});

describe('recordSkippedSlot', () => {
  const slot = (day: number) => `2026010${day}T023000Z`;

  it('drops a slot two days after its notification', async () => {
    const store = memoryStore(playClock());
    await recordSkippedSlot(store, 'nightly', slot(2), T0);
    await recordSkippedSlot(store, 'nightly', slot(3), T0 + 2 * DAY - 1);
    expect([...(await readSkippedSlots(store, 'nightly')).keys()]).toEqual([slot(2), slot(3)]);
    await recordSkippedSlot(store, 'nightly', slot(4), T0 + 2 * DAY);
    expect(await readSkippedSlots(store, 'nightly')).toEqual(
      new Map([
        [slot(3), T0 + 2 * DAY - 1],
        [slot(4), T0 + 2 * DAY],
      ]),
    );
  });

  it('keeps the time of the first notification', async () => {
    const store = memoryStore(playClock());
    await recordSkippedSlot(store, 'nightly', slot(2), T0);
    await recordSkippedSlot(store, 'nightly', slot(2), T0 + MINUTE);
    expect(await readSkippedSlots(store, 'nightly')).toEqual(new Map([[slot(2), T0]]));
  });

  it('keeps policies apart', async () => {
    const store = memoryStore(playClock());
    await recordSkippedSlot(store, 'nightly', slot(2), T0);
    expect(await readSkippedSlots(store, 'weekly')).toEqual(new Map());
  });
});
