import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  appendLog,
  foreignEntries,
  type LogMark,
  readLog,
} from '../../../lib/ledger/run/log/log.ts';
import type { OpenLedger } from '../store/store-suite.ts';

const RUN = 'nightly-20260102t023000z';
const seen = (at: number): RunEvent => ({ type: 'cancel_seen', at });

/** The log of a run, in any store. */
export function logSuite(open: OpenLedger): void {
  describe('the log of a run', () => {
    it('returns each entry once, ordered by writer and then by number', async () => {
      const { store } = await open();
      const mark: LogMark = new Set();
      await appendLog(store, layout.logEntry(RUN, '0000000002-b', 1), [seen(3)]);
      await appendLog(store, layout.logEntry(RUN, '0000000001-a', 2), [seen(2)]);
      await appendLog(store, layout.logEntry(RUN, '0000000001-a', 1), [seen(1), seen(1)]);
      expect((await readLog(store, RUN, { mark })).map(({ at }) => at)).toEqual([1, 1, 2, 3]);
      await appendLog(store, layout.logEntry(RUN, '0000000001-a', 3), [seen(4)]);
      expect((await readLog(store, RUN, { mark })).map(({ at }) => at)).toEqual([4]);
      expect(await readLog(store, RUN, { mark })).toEqual([]);
    });

    it('is read in full when it has hundreds of entries', async () => {
      const { store } = await open();
      const numbers = Array.from({ length: 200 }, (_, n) => n);
      await Promise.all(
        numbers.map((n) => appendLog(store, layout.logEntry(RUN, '1-a', n), [seen(n)])),
      );
      expect((await readLog(store, RUN)).map(({ at }) => at)).toEqual(numbers);
    });

    it('holds no entries of a run whose id begins with the same text', async () => {
      const { store } = await open();
      for (const run of [RUN, `${RUN}-2`, 'nightly'])
        await appendLog(store, layout.logEntry(run, '1-a', 1), [seen(1)]);
      expect(await readLog(store, RUN)).toHaveLength(1);
    });

    it('shows new entries of another writer', async () => {
      const { store } = await open();
      await appendLog(store, layout.logEntry(RUN, '1-a', 1), [seen(1)]);
      const mark: LogMark = new Set([layout.logEntry(RUN, '1-a', 1)]);
      await appendLog(store, layout.logEntry(RUN, '2-b', 1), [seen(2)]);
      expect(await foreignEntries(store, RUN, '2-b', mark)).toEqual([]);
      await appendLog(store, layout.logEntry(RUN, '1-a', 2), [seen(3)]);
      expect(await foreignEntries(store, RUN, '2-b', mark)).toEqual([
        layout.logEntry(RUN, '1-a', 2),
      ]);
    });

    it('is not read past an unreadable entry', async () => {
      const { store } = await open();
      await store.put(layout.logEntry(RUN, '1-a', 1), '{"version":9}');
      await expect(readLog(store, RUN)).rejects.toMatchObject({ code: 'object_newer' });
    });
  });
}
