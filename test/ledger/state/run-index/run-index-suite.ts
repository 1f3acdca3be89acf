import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { type Report, runOutcomes, writeReport } from '../../../../lib/ledger/run/report.ts';
import { indexRun } from '../../../../lib/ledger/state/run-index/entry.ts';
import { listIndexedRuns, listSettled } from '../../../../lib/ledger/state/run-index/list.ts';
import { rebuildRunIndex } from '../../../../lib/ledger/state/run-index/rebuild.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { recordReads } from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import type { OpenLedger } from '../../store/store-suite.ts';

const report = (minute: number, changes: Partial<Report> = {}): Report => ({
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

/** The index of settled runs, in any store. `cases`: how many the property test tries. `page`: the keys of one LIST response. */
export function runIndexSuite(
  open: OpenLedger,
  { cases, page }: { cases: number; page: number },
): void {
  async function indexed(...reports: Report[]) {
    const { store } = await open();
    await Promise.all(reports.map((one) => indexRun(store, one)));
    const gets: string[] = [];
    const counted = { ...store, get: (key: string) => (gets.push(key), store.get(key)) };
    const ids = async (filter: Partial<Parameters<typeof listIndexedRuns>[1]> = {}) => {
      const { runs } = await listIndexedRuns(counted, { max: 100, ...filter });
      return runs.map(({ run_id }) => run_id);
    };
    return { store, counted, gets, ids };
  }

  describe('the index of settled runs', () => {
    it('holds a run once, however often it is indexed', async () => {
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

    it('names a run so that LIST returns newer runs first', async () => {
      const never = report(0, { settled_at: new Date(0).toISOString() });
      const { store } = await indexed(report(0), report(1, { outcome: 'failed' }), never);
      const at = (left: number) => String(left).padStart(13, '0');
      expect((await store.list('')).map(({ key }) => key)).toEqual([
        `state/runs/${at(9_999_999_999_999 - T0 - MINUTE)}.nightly.failed.nightly-1.json`,
        `state/runs/${at(9_999_999_999_999 - T0)}.nightly.completed.nightly-0.json`,
        'state/runs/9999999999999.nightly.completed.nightly-0.json',
      ]);
    });

    it.each([
      ['1969-12-31T23:59:59.999Z', '9999999999999'],
      ['2286-11-20T17:46:39.999Z', '0000000000000'],
      ['9999-12-31T23:59:59.999Z', '0000000000000'],
    ])('keeps names at a fixed length for a run settled at %s', async (settled_at, left) => {
      const { store, ids } = await indexed(report(1, { settled_at }));
      expect((await store.list(''))[0]?.key).toContain(`/${left}.nightly.`);
      expect(await ids()).toEqual(['nightly-1']);
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
    ])('returns the newest first, filtered by %s', async (_, filter, expected) => {
      const { ids } = await indexed(
        report(2, { outcome: 'failed' }),
        report(1),
        report(3),
        report(2, { run_id: 'weekly-2', policy: 'weekly' }),
      );
      expect(await ids(filter)).toEqual(expected);
    });

    it('reads only the runs that it returns', async () => {
      const reports = Array.from({ length: 50 }, (_, n) => report(n));
      const { ids, gets } = await indexed(...reports, report(60, { policy: 'weekly' }));
      expect(await ids({ policy: 'nightly', max: 3 })).toHaveLength(3);
      expect(gets).toHaveLength(3);
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

    it('ignores other files', async () => {
      const { store, ids } = await indexed(report(1));
      const [object] = await store.list(layout.runIndex);
      const body = (await store.get(object?.key ?? ''))?.body ?? '';
      for (const name of [
        '123456789012.nightly.completed.nightly-1',
        '12345678901234.nightly.completed.nightly-1',
        'x1234567890123.nightly.completed.nightly-1',
        '123456789012x.nightly.completed.nightly-1',
        '1234567890123.Nightly.completed.nightly-1',
        '1234567890123.nightly.done.nightly-1',
        '1234567890123.nightly.completed2.nightly-1',
        '1234567890123.nightly.completed.Nightly-1',
        '1234567890123.nightly.completed.nightly-1.bak',
        '1234567890123.nightly.completed.nightly_1',
        '1234567890123.nightly.completed.',
        '1234567890123..completed.nightly-1',
        '1234567890123.nightly.completed',
      ])
        await store.put(layout.indexedRun(name), body);
      for (const end of ['.json.json', '.json-2'])
        await store.put(`${layout.runIndex}1234567890123.nightly.completed.r${end}`, body);
      expect(await ids()).toEqual(['nightly-1']);
      const always = { since: 0, until: Number.MAX_SAFE_INTEGER };
      expect(await listSettled(store, always)).toHaveLength(1);
    });

    it('returns what the key says of an entry that cannot be read, and goes on', async () => {
      const { ids, store } = await indexed(report(1), report(2), report(3));
      const [, second] = await store.list(layout.runIndex);
      await store.put(second?.key ?? '', 'broken');
      await store.put(`${layout.runIndex}strange.json`, '{}');
      expect(await ids()).toEqual(['nightly-3', 'nightly-2', 'nightly-1']);
      expect((await listIndexedRuns(store, { max: 9 })).runs[1]).toEqual({
        ...{ run_id: 'nightly-2', policy: 'nightly', outcome: 'completed' },
        settled_at: new Date(T0 + 2 * MINUTE).toISOString(),
        error: expect.objectContaining({ code: 'object_invalid', key: second?.key }) as object,
      });
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

  describe('listSettled', () => {
    it('lists the runs settled between two times, both included, without reading them', async () => {
      const { store } = await indexed(
        ...[1, 2, 3, 5].map((minute) => report(minute)),
        report(4, { policy: 'weekly', run_id: 'weekly-4', outcome: 'partial' }),
      );
      const read = recordReads(store);
      const range = { since: T0 + 2 * MINUTE, until: T0 + 4 * MINUTE };
      expect(await listSettled(read, range)).toMatchObject([
        { runId: 'weekly-4', outcome: 'partial', settledAt: T0 + 4 * MINUTE },
        { runId: 'nightly-3', outcome: 'completed', settledAt: T0 + 3 * MINUTE },
        { runId: 'nightly-2', outcome: 'completed', settledAt: T0 + 2 * MINUTE },
      ]);
      expect(read.reads).toEqual(['list state/runs/']);
      expect(await listSettled(store, { since: T0 + 6 * MINUTE, until: T0 * 2 })).toEqual([]);
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

    it('removes nothing when the bucket does not return a report', async () => {
      const { store, ids } = await indexed(report(1), report(2));
      await write(store, report(1));
      const get = () => Promise.reject(new Error('no response'));
      await expect(rebuildRunIndex({ ...store, get })).rejects.toThrow('no response');
      expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
    });

    it('removes other files from the index', async () => {
      const { store } = await indexed(report(1));
      await write(store, report(1));
      await store.put(layout.report('nightly-2'), 'broken');
      await store.put(layout.indexedRun('strange'), '{}');
      await rebuildRunIndex(store);
      expect(await store.list(layout.runIndex)).toHaveLength(1);
    });

    it.each([1, 2])('keeps a run whose listed report is not found %i times', async (times) => {
      const { store, ids } = await indexed(report(1), report(2));
      for (const number of [1, 2]) await write(store, report(number));
      let left = times;
      const get: typeof store.get = async (key) =>
        key === layout.report('nightly-2') && (left -= 1) >= 0 ? undefined : store.get(key);
      await rebuildRunIndex({ ...store, get });
      expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
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

    it('removes runs that have no report, and keeps those whose report is unreadable', async () => {
      const { store, ids } = await indexed(report(1), report(2), report(3));
      await write(store, report(1));
      await store.put(layout.report('nightly-2'), 'broken');
      await store.put(layout.report('nightly-4'), '{"version":9}');
      expect(await rebuildRunIndex(store)).toBe(1);
      expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
    });
  });
}
