import { describe, expect, it } from 'vitest';
import { isHint } from '../../../lib/ledger/hints/hints.ts';
import { type Lookup, putLookup, readLookup } from '../../../lib/ledger/hints/lookup.ts';
import { type MissedSlots, putMissed, readMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { putSweep } from '../../../lib/ledger/hints/sweep.ts';
import { layout, readOpenKey } from '../../../lib/ledger/store/layout.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import type { OpenLedger } from '../store/store-suite.ts';

const MISSED: MissedSlots = {
  policy: 'nightly',
  reason: 'overlap',
  first: '20260102T023000Z',
  last: '20260103T023000Z',
  slots: 2,
};
const LOOKUP: Lookup = { change: 'created', at: 5, phones: ['p1'], servers: [], others: ['o1'] };

const idsIn = async (store: Store) =>
  (await store.list(layout.hints)).map(({ key }) => readOpenKey(key)?.id ?? key);

/** The events' inbox, in any store. */
export function hintsSuite(open: OpenLedger): void {
  describe('hints', () => {
    it('are stored once however often they are written', async () => {
      const { store } = await open();
      for (let time = 0; time < 3; time += 1) {
        await putMissed(store, MISSED);
        await putLookup(store, { id: 'trace-1', lookup: LOOKUP });
        await putSweep(store, Date.UTC(2026, 0, 2, 2, 30));
      }
      const ids = await idsIn(store);
      expect(ids).toEqual(['missed-nightly-20260103t023000z', 'sweep-202601020230', 'trace-1']);
      expect(ids.every(isHint)).toBe(true);
    });

    it('are read as they were written, until they are deleted', async () => {
      const { store, clock } = await open();
      await putMissed(store, MISSED);
      await putLookup(store, { id: 'trace-1', lookup: LOOKUP });
      const [missed = ''] = await idsIn(store);
      expect(await readMissed(store, missed)).toMatchObject(MISSED);
      const read = await readLookup(store, 'trace-1');
      expect(read?.lookup).toMatchObject(LOOKUP);
      // A real server has its own clock, and one that this machine may be a little off from.
      expect(Math.abs((read?.writtenAt ?? 0) - clock.now())).toBeLessThan(60_000);
      await store.remove([layout.hint(missed), layout.hint('trace-1')]);
      expect(await readMissed(store, missed)).toBeUndefined();
      expect(await readLookup(store, 'trace-1')).toBeUndefined();
    });
  });
}
