import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { type Report, runOutcomes } from '../../../../lib/ledger/run/report.ts';
import { listIndexedRuns } from '../../../../lib/ledger/state/run-index/list.ts';
import { rebuildRunIndex } from '../../../../lib/ledger/state/run-index/rebuild.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import type { OpenLedger } from '../../store/store-suite.ts';
import { indexedRuns, report, write } from './indexed-runs.ts';

/** The index of settled runs, in any store. `cases`: how many the property test tries. `page`: the keys of one LIST response. */
export function runIndexSuite(
  open: OpenLedger,
  { cases, page }: { cases: number; page: number },
): void {
  const indexed = async (...reports: Report[]) => indexedRuns((await open()).store, ...reports);

  describe('the index of settled runs', () => {
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
    ])('returns the newest first, filtered by %s', async (_, filter, expected) => {
      const { ids } = await indexed(
        report(2, { outcome: 'failed' }),
        report(1),
        report(3),
        report(2, { run_id: 'weekly-2', policy: 'weekly' }),
      );
      expect(await ids(filter)).toEqual(expected);
    });

    it('continues past one page of the bucket', async () => {
      const { ids } = await indexed(
        ...Array.from({ length: page + 5 }, (_, n) => report(n + 1, { policy: 'weekly' })),
        report(0),
      );
      expect(await ids({ policy: 'nightly' })).toEqual(['nightly-0']);
    });

    it('continues after a place, or from an end beyond it', async () => {
      const { store } = await indexed(...[1, 2, 3, 4].map((minute) => report(minute)));
      const { next = '' } = await listIndexedRuns(store, { max: 2 });
      const after = async (until: number) => {
        const { runs } = await listIndexedRuns(store, { max: 9, after: next, until });
        return runs.map(({ run_id }) => run_id);
      };
      expect(await after(T0 + 4 * MINUTE)).toEqual(['nightly-2', 'nightly-1']);
      expect(await after(T0 + MINUTE)).toEqual(['nightly-1']);
    });

    it('returns a place to continue from only while there are more', async () => {
      const { store } = await indexed(report(1), report(2), report(3, { policy: 'weekly' }));
      const next = async (max: number) =>
        (await listIndexedRuns(store, { max, policy: 'nightly' })).next;
      expect(await next(1)).toContain('.nightly.completed.nightly-2');
      expect(await next(2)).toBeUndefined();
      expect(await listIndexedRuns(store, { max: 2 })).toHaveProperty('next');
      expect(await listIndexedRuns(store, { max: 3 })).not.toHaveProperty('next');
    });

    it('returns the same runs page by page as all at once', async () => {
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
    it('writes a lost index again, and nothing when there are no runs', async () => {
      const { store } = await indexed();
      expect(await rebuildRunIndex(store)).toBe(0);
      const reports = [report(1), report(2, { policy: 'weekly', run_id: 'weekly-2' })];
      for (const one of reports) await write(store, one);
      await rebuildRunIndex(store);
      const rebuilt = await store.list(layout.runIndex);
      const noted = await indexed(...reports);
      expect(rebuilt.map(({ key }) => key)).toEqual(
        (await noted.store.list(layout.runIndex)).map(({ key }) => key),
      );
    });

    it('finds every report among the other objects of the runs', async () => {
      const { store, ids } = await indexed();
      for (const id of ['a', 'a-1', 'a0', 'b']) await write(store, report(1, { run_id: id }));
      await store.put(layout.plan('open-run'), '{}');
      const log = Array.from({ length: page + 20 }, (_, n) => layout.logEntry('a', 'w', n));
      await Promise.all(log.map((key) => store.put(key, '{}')));
      expect(await rebuildRunIndex(store)).toBe(4);
      expect((await ids()).sort()).toEqual(['a', 'a-1', 'a0', 'b']);
    });
  });
}
