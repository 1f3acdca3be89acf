import { describe, expect, it } from 'vitest';
import {
  readReport,
  readReportedPhones,
  type ReportedPhone,
  writeReport,
} from '../../../lib/ledger/run/report.ts';
import type { OpenLedger } from '../store/store-suite.ts';

const facts = {
  run_id: 'nightly-20260101t183000z',
  policy: 'nightly',
  trigger: 'timer',
  slot: '20260101T183000Z',
  outcome: 'completed',
  started_at: '2026-01-01T18:30:00.000Z',
  settled_at: '2026-01-01T19:30:00.000Z',
  counts: { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
} as const;

const phones = (count: number): ReportedPhone[] =>
  Array.from({ length: count }, (_, n) => ({
    phone_id: `p${n}`,
    outcome: 'exported',
    attempts: 1,
  }));

/** Reports, in any store. */
export function reportSuite(open: OpenLedger): void {
  describe('writeReport', () => {
    it.each([0, 1, 1000])('holds %i phones inline', async (count) => {
      const { store } = await open();
      const report = await writeReport(store, facts, phones(count));
      expect(report.phones).toHaveLength(count);
      expect(report.pages).toBeUndefined();
    });

    it('writes more than 1,000 phones into pages, named by their keys in the bucket', async () => {
      const { store } = await open();
      const report = await writeReport(store, facts, phones(2_001));
      expect(report.phones).toEqual([]);
      const folder = `${store.prefix}runs/nightly-20260101t183000z/report/`;
      expect(report.pages).toHaveLength(3);
      for (const page of report.pages ?? []) {
        expect(page.startsWith(folder)).toBe(true);
        expect(page.slice(folder.length)).toMatch(/^[0-9a-f]{32}\.json$/);
      }
      expect(await readReportedPhones(store, report)).toEqual(phones(2_001));
    });

    it('writes once: a second report changes nothing and the first is returned', async () => {
      const { store } = await open();
      await writeReport(store, facts, phones(2));
      const second = await writeReport(store, { ...facts, outcome: 'failed' }, []);
      expect(second).toEqual(await readReport(store, facts.run_id));
      expect(second.outcome).toBe('completed');
    });
  });
}
