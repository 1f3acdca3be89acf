import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../lib/ledger/layout.ts';
import { type Report, runOutcomes, writeReport } from '../../lib/ledger/report.ts';
import { listIndexedRuns, noteRun, rebuildRunIndex } from '../../lib/ledger/run-index.ts';
import type { Store } from '../../lib/ledger/store.ts';
import { MINUTE, T0 } from '../support/runs.ts';
import type { OpenLedger } from './ledger-suite.ts';

const report = (minute: number, changes: Partial<Report> = {}): Report => ({
  version: 1,
  run_id: `nightly-${minute}`,
  policy: 'nightly',
  trigger: 'timer',
  slot: '20260102T023000Z',
  outcome: 'completed',
  started_at: new Date(T0).toISOString(),
  settled_at: new Date(T0 + minute * MINUTE).toISOString(),
  counts: { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
  phones: [],
  ...changes,
});

const write = (store: Store, one: Report) => writeReport(store, one, one.phones);

/** The index of settled runs, in any store. `cases`: of the property that is looked at. */
export function runIndexSuite(open: OpenLedger, cases: number): void {
  async function indexed(...reports: Report[]) {
    const { store } = await open();
    await Promise.all(reports.map((one) => noteRun(store, one)));
    const gets: string[] = [];
    const counted = { ...store, get: (key: string) => (gets.push(key), store.get(key)) };
    const ids = async (filter: Partial<Parameters<typeof listIndexedRuns>[1]> = {}) => {
      const { runs } = await listIndexedRuns(counted, { max: 100, ...filter });
      return runs.map(({ run_id }) => run_id);
    };
    return { store, counted, gets, ids };
  }

  describe('the index of settled runs', () => {
    it('holds what a list of runs shows, once however often it is noted', async () => {
      const one = report(1, { outcome: 'failed', reason: 'policy_gone', message: 'not there' });
      const { store } = await indexed(one, one);
      expect(await listIndexedRuns(store, { max: 10 })).toEqual({
        runs: [
          {
            run_id: 'nightly-1',
            policy: 'nightly',
            trigger: 'timer',
            slot: '20260102T023000Z',
            outcome: 'failed',
            reason: 'policy_gone',
            started_at: one.started_at,
            settled_at: one.settled_at,
            counts: one.counts,
          },
        ],
      });
    });

    it.each([
      ['nothing', {}, ['nightly-3', 'nightly-2', 'weekly-2', 'nightly-1']],
      ['a policy', { policy: 'nightly' }, ['nightly-3', 'nightly-2', 'nightly-1']],
      ['a policy whose name another begins with', { policy: 'night' }, []],
      ['an outcome', { outcome: 'failed' as const }, ['nightly-2']],
      ['since, itself included', { since: T0 + 3 * MINUTE }, ['nightly-3']],
      ['until, itself included', { until: T0 + MINUTE }, ['nightly-1']],
      [
        'both ends',
        { since: T0 + 2, until: T0 + 2 * MINUTE },
        ['nightly-2', 'weekly-2', 'nightly-1'],
      ],
      ['an end before all', { until: -1 }, []],
      ['an end beyond all time', { until: Number.MAX_VALUE, max: 1 }, ['nightly-3']],
    ])('answers the newest first, filtered by %s', async (_, filter, expected) => {
      const { ids } = await indexed(
        report(2, { outcome: 'failed' }),
        report(1),
        report(3),
        report(2, { run_id: 'weekly-2', policy: 'weekly' }),
      );
      expect(await ids(filter)).toEqual(expected);
    });

    it('reads only what it answers', async () => {
      const reports = Array.from({ length: 50 }, (_, n) => report(n));
      const { ids, gets } = await indexed(...reports, report(60, { policy: 'weekly' }));
      expect(await ids({ policy: 'nightly', max: 3 })).toHaveLength(3);
      expect(gets).toHaveLength(3);
    });

    it('goes beyond one page of the bucket', async () => {
      const { ids } = await indexed(
        ...Array.from({ length: 1_050 }, (_, n) => report(n + 1, { policy: 'weekly' })),
        report(0),
      );
      expect(await ids({ policy: 'nightly' })).toEqual(['nightly-0']);
    });

    it('leaves out what cannot be read and goes on', async () => {
      const { ids, store } = await indexed(report(1), report(2), report(3));
      const [, second] = await store.list(layout.runIndex);
      await store.put(second?.key ?? '', 'broken');
      await store.put(`${layout.runIndex}strange.json`, '{}');
      expect(await ids()).toEqual(['nightly-3', 'nightly-1']);
    });

    it('page by page is the same as at once', async () => {
      const run = fc.record({
        minute: fc.nat(30),
        policy: fc.constantFrom('nightly', 'weekly'),
        outcome: fc.constantFrom(...runOutcomes),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(run, { maxLength: 30 }),
          fc.integer({ min: 1, max: 7 }),
          fc.constantFrom(undefined, 'nightly'),
          async (runs, max, policy) => {
            const reports = runs.map(({ minute, ...rest }, n) =>
              report(minute, { run_id: `r-${n}`, ...rest }),
            );
            const { store, ids } = await indexed(...reports);
            const filter = policy === undefined ? {} : { policy };
            const paged: string[] = [];
            let after: string | undefined;
            do {
              const from = after === undefined ? {} : { after };
              const page = await listIndexedRuns(store, { ...filter, ...from, max });
              expect(page.runs.length).toBe(page.next === undefined ? page.runs.length : max);
              paged.push(...page.runs.map(({ run_id }) => run_id));
              after = page.next;
            } while (after !== undefined);
            expect(paged).toEqual(await ids(filter));
            const wanted = runs.filter((one) => policy === undefined || one.policy === policy);
            expect(paged).toHaveLength(wanted.length);
          },
        ),
        { numRuns: cases },
      );
    });
  });

  describe('rebuildRunIndex', () => {
    it('finds every report, whatever else the folders hold', async () => {
      const { store, ids } = await indexed();
      for (const id of ['a', 'a-1', 'a0', 'b']) await write(store, report(1, { run_id: id }));
      await store.put(layout.plan('open-run'), '{}');
      const log = Array.from({ length: 1_200 }, (_, n) => layout.logEntry('a', 'w', n));
      await Promise.all(log.map((key) => store.put(key, '{}')));
      expect(await rebuildRunIndex(store)).toBe(4);
      expect((await ids()).sort()).toEqual(['a', 'a-1', 'a0', 'b']);
    });

    it('takes out what no report stands behind, and keeps what it knows of an unreadable one', async () => {
      const { store, ids } = await indexed(report(1), report(2), report(3));
      await write(store, report(1));
      await store.put(layout.report('nightly-2'), 'broken');
      await store.put(layout.report('nightly-4'), '{"version":9}');
      expect(await rebuildRunIndex(store)).toBe(1);
      expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
    });
  });
}
