import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { type Report, type RunOutcome, writeReport } from '../../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../../lib/ledger/run/request.ts';
import { indexRun } from '../../../../lib/ledger/state/run-index/entry.ts';
import { timerRunId } from '../../../../lib/policy/keys/run-id.ts';
import { stamp } from '../../../../lib/policy/keys/stamp.ts';
import { listRuns, type RunFilter } from '../../../../lib/run/query/runs/list-runs.ts';
import { runSummarySchema } from '../../../../lib/run/query/schemas/run.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import {
  faultNames,
  problemWith,
  recordReads,
  withObjectFault,
} from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const HOUR = 60 * MINUTE;

function setUp() {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const request = async (policy: string, slot: number): Promise<string> => {
    const run_id = timerRunId(policy, slot);
    const request = { run_id, policy, trigger: 'timer', slot: stamp(slot) } as const;
    await putRequest(store, request);
    clock.move(1000);
    return run_id;
  };
  const settle = async (policy: string, slot: number, outcome: RunOutcome = 'completed') => {
    const counts = { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };
    const facts: Omit<Report, 'version' | 'phones' | 'pages'> = {
      run_id: timerRunId(policy, slot),
      policy,
      trigger: 'timer',
      slot: stamp(slot),
      outcome,
      started_at: new Date(slot).toISOString(),
      settled_at: new Date(slot + HOUR).toISOString(),
      counts,
      listing_complete: true,
    };
    const report = await writeReport(store, facts, []);
    await indexRun(store, report);
    return report.run_id;
  };
  const list = async (filter: Partial<RunFilter> = {}, now = clock.now()) => {
    const { runs, next } = await listRuns(recordReads(store), { max: 10, ...filter }, now);
    for (const run of runs) runSummarySchema.parse(run);
    return { ids: runs.map(({ run_id }) => run_id), runs, next };
  };
  const pages = async (filter: Partial<RunFilter>): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await list({ ...filter, ...(after === undefined ? {} : { after }) });
      expect(page.ids.length).toBeLessThanOrEqual(filter.max ?? 10);
      ids.push(...page.ids);
      after = page.next;
      if (after === undefined) return ids;
    }
  };
  return { clock, store, request, settle, list, pages };
}

describe('listRuns', () => {
  it('returns open runs, newest first, then settled runs, newest first', async () => {
    const { request, settle, list } = setUp();
    const old = await settle('nightly', T0 - 48 * HOUR);
    const recent = await settle('weekly', T0 - 24 * HOUR, 'failed');
    const first = await request('nightly', T0);
    const second = await request('weekly', T0);

    const { ids, runs, next } = await list();

    expect(ids).toEqual([second, first, recent, old]);
    expect(next).toBeUndefined();
    expect(runs[1]).toMatchObject({ phase: 'requested', outcome: null, policy: 'nightly' });
    expect(runs[2]).toMatchObject({
      phase: 'settled',
      outcome: 'failed',
      policy: 'weekly',
      counts: { exported: 1 },
      settled_at: new Date(T0 - 23 * HOUR).toISOString(),
    });
  });

  it('reads only one page of thousands of settled runs', async () => {
    const { store, clock, request, settle } = setUp();
    for (let run = 0; run < 3_000; run += 1) await settle('nightly', T0 + run * HOUR);
    await request('weekly', T0);
    const calls: string[] = [];
    const counted = {
      ...store,
      get: (key: string) => (calls.push('get'), store.get(key)),
      list: (prefix: string, options?: { startAfter?: string; max?: number }) => {
        calls.push(`list ${prefix} ${options?.max ?? 'all'}`);
        return store.list(prefix, options);
      },
    };
    const { runs, next } = await listRuns(counted, { open: false, max: 50 }, clock.now());
    expect([runs.length, next === undefined]).toEqual([50, false]);
    expect(calls.sort()).toEqual([...Array<string>(50).fill('get'), 'list state/runs/ 1000']);
    calls.length = 0;
    await listRuns(counted, { max: 50, after: next ?? '' }, clock.now());
    expect(calls.sort()).toEqual([...Array<string>(50).fill('get'), 'list state/runs/ 1000']);
    calls.length = 0;
    await listRuns(counted, { max: 50 }, clock.now());
    expect(calls.length).toBeLessThan(60);
    expect(calls).not.toContain('list runs/ all');
  });

  it('applies all filters', async () => {
    const { request, settle, list } = setUp();
    const old = await settle('nightly', T0 - 48 * HOUR);
    const failed = await settle('nightly', T0 - 24 * HOUR, 'failed');
    const other = await settle('nightly-2', T0 - 12 * HOUR);
    const open = await request('nightly', T0);
    const openToo = await request('nightly-2', T0);

    expect((await list({ policy: 'nightly' })).ids).toEqual([open, failed, old]);
    expect((await list({ outcome: 'completed' })).ids).toEqual([other, old]);
    expect((await list({ open: true })).ids).toEqual([openToo, open]);
    expect((await list({ open: false })).ids).toEqual([other, failed, old]);
    expect((await list({ open: true, outcome: 'failed' })).ids).toEqual([]);
    expect((await list({ since: T0 - 24 * HOUR, policy: 'nightly' })).ids).toEqual([open, failed]);
    expect((await list({ until: T0 - 24 * HOUR })).ids).toEqual([old]);
    expect((await list({ policy: 'absent' })).ids).toEqual([]);
  });

  it('counts open runs as settled now, to the millisecond', async () => {
    const { clock, request, list } = setUp();
    const open = await request('nightly', T0);
    const now = clock.now();
    expect((await list({ since: now, until: now })).ids).toEqual([open]);
    expect((await list({ since: now + 1 })).ids).toEqual([]);
    expect((await list({ until: now - 1 })).ids).toEqual([]);
  });

  it('orders runs of the same moment by id', async () => {
    const { clock, store, list } = setUp();
    const ids = ['c', 'a', 'b'].map((name) => timerRunId(name, T0));
    for (const [index, run_id] of ids.entries()) {
      const policy = ['c', 'a', 'b'][index] ?? '';
      const request = { run_id, policy, trigger: 'timer', slot: stamp(T0) } as const;
      await putRequest(store, request);
    }
    expect(clock.now()).toBe(T0);
    expect((await list()).ids).toEqual([...ids].sort());
    expect((await list({ max: 1 })).next).toMatch(/^open\./);
  });

  it.each([1, 2, 3, 4, 7, 10])('returns every run once in pages of %i', async (max) => {
    const { request, settle, list, pages } = setUp();
    for (const day of [1, 2, 3]) await settle('nightly', T0 - day * 24 * HOUR);
    for (const name of ['a', 'b', 'c', 'd']) await request(name, T0);
    const all = await list({ max: 100 });

    expect(all.ids).toHaveLength(7);
    expect(await pages({ max })).toEqual(all.ids);
    expect(await pages({ max, open: true })).toEqual(all.ids.slice(0, 4));
    expect(await pages({ max, open: false })).toEqual(all.ids.slice(4));
  });

  it('returns a run without a published notification once, as settled', async () => {
    const { request, settle, list } = setUp();
    const runId = await request('nightly', T0);
    await settle('nightly', T0);

    expect((await list()).runs).toMatchObject([{ run_id: runId, phase: 'settled' }]);
    expect((await list({ open: true })).ids).toEqual([]);
  });

  it('returns unreadable runs as quarantined among the others', async () => {
    const { store, request, list } = setUp();
    const good = await request('nightly', T0);
    await store.put(layout.request('weekly-20260102t023000z'), '{"version":99}');
    await store.put(layout.request('Odd_name'), 'not json');

    const { runs } = await list();

    expect(runs.map(({ run_id, phase, reason }) => [run_id, phase, reason]).sort()).toEqual([
      ['Odd_name', 'quarantined', 'object_invalid'],
      [good, 'requested', undefined],
      ['weekly-20260102t023000z', 'quarantined', 'object_newer'],
    ]);
    const weekly = await list({ policy: 'weekly' });
    expect(weekly.ids).toEqual(['weekly-20260102t023000z']);
  });

  it.each(faultNames)(
    'marks a settled run whose entry has %s, with what its key says, among the others',
    async (fault) => {
      const { clock, store, settle } = setUp();
      const old = await settle('nightly', T0 - 48 * HOUR);
      const bad = await settle('weekly', T0 - 24 * HOUR, 'failed');
      const key =
        (await store.list(layout.runIndex)).find((one) => one.key.includes(bad))?.key ?? '';

      const broken = withObjectFault(store, key, fault);
      const { runs } = await listRuns(recordReads(broken), { max: 10 }, clock.now());

      expect(runSummarySchema.array().parse(runs)).toEqual([
        {
          ...{ run_id: bad, policy: 'weekly', outcome: 'failed', phase: 'settled' },
          settled_at: new Date(T0 - 23 * HOUR).toISOString(),
          ...{ trigger: null, slot: null, started_at: null, counts: null, progress: null },
          ...{ cancelling: false, unreadable: [problemWith(key, fault)] },
        },
        expect.objectContaining({ run_id: old, counts: expect.anything() as unknown }),
      ]);
    },
  );

  it.each(faultNames)('marks an open run whose request has %s', async (fault) => {
    const { clock, store, request } = setUp();
    const bad = await request('nightly', T0);
    const good = await request('weekly', T0);
    const key = layout.request(bad);
    const broken = withObjectFault(store, key, fault);
    const { runs } = await listRuns(broken, { max: 10 }, clock.now());
    const problem = problemWith(key, fault);
    expect(runs).toMatchObject([
      { run_id: good, phase: 'requested' },
      { run_id: bad, policy: 'nightly', reason: problem.code, unreadable: [problem] },
    ]);
  });

  it('shows which open runs are being cancelled', async () => {
    const { store, request, list } = setUp();
    const runId = await request('nightly', T0);
    await request('weekly', T0);
    await store.put(layout.cancel(runId), '{}');

    const { runs } = await list();
    expect(runs.map(({ policy, cancelling }) => [policy, cancelling])).toEqual([
      ['weekly', false],
      ['nightly', true],
    ]);
  });
});
