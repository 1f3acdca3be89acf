import { describe, expect, it } from 'vitest';
import { TimeUp } from '../../../lib/errors.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { readFreshness } from '../../../lib/ledger/state/freshness.ts';
import { recordSettled, readHistory } from '../../../lib/ledger/state/history.ts';
import {
  type OrphanedJobs,
  readOrphanedJobs,
  recordLateArchive,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { noMetrics } from '../../../lib/ledger/run/log/metrics.ts';
import type { Terms } from '../../../lib/ledger/run/plan.ts';
import type { DriveDeps } from '../../../lib/run/deps.ts';
import { readReport, readReportedPhones, type RunOutcome } from '../../../lib/ledger/run/report.ts';
import { listIndexedRuns } from '../../../lib/ledger/state/run-index/list.ts';
import { writeNotifiedStale } from '../../../lib/ledger/state/notified/notified.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { includeSet } from '../../../lib/ledger/catalogue/archive.ts';
import { archiveOf, catalogued, cataloguedLeftovers } from '../../support/archives.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import { isSettled, settleRun } from '../../../lib/run/settle/settle.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const FOLDER = `nightly/20260102/${RUN}`;
const LATER = T0 + 30 * MINUTE;

const key = (phone_id: string, attempt = 1) => `${FOLDER}/${phone_id}-${attempt}.tar`;
const own = (phone_id: string, attempt = 1) => ({ at: T0, phone_id, attempt });
const verified = (phone_id: string, attempt = 1): RunEvent => ({
  ...{ type: 'verified', ...own(phone_id, attempt), size: 2_048, etag: 'etag' },
});
const refused = (phone_id: string, code = 'CPS.0004'): RunEvent => ({
  ...{ type: 'refused', ...own(phone_id), code },
});
const accepted = (phone_id: string): RunEvent => ({
  ...{ type: 'accepted', ...own(phone_id), job_id: `j-${phone_id}`, request_id: 'r1' },
});
const timedOut = (phone_id: string): RunEvent => ({
  ...{ type: 'outcome', at: T0, phone_id, outcome: 'timed_out', reason: 'deadline' },
});

function runOf(phones: string[], events: RunEvent[], terms: Partial<Terms> = {}): OpenRun {
  const planned = phones.map((id) => plannedPhone(id));
  const run = openRun(RUN, planned, { terms });
  record(run, events);
  return run;
}

/** Settles runs half an hour after they began; `removed`: archives that were deleted. */
function scene() {
  const made = runScene();
  const removed: string[] = [];
  const archives = {
    ...made.deps.archives,
    purge: async (_: string, keys: string[]) => {
      removed.push(...keys);
      return { refused: [], versioning: 'off' as const };
    },
  };
  const deps = { ...made.deps, archives, until: Infinity };
  made.clock.move(LATER - T0);
  const settle = async (run: OpenRun, own: DriveDeps = deps): Promise<OrphanedJobs[]> => {
    let left: OrphanedJobs[] = [];
    await settleRun(own, run, (orphaned) => (left = orphaned));
    return left;
  };
  return { ...made, deps, removed, settle };
}

const never = (): never => {
  throw new Error('no report');
};
const indexed = async (store: Store) => (await catalogued(store)).map(({ phone_id }) => phone_id);

it('marks an archive that is much smaller than the ones before it, in the report and in the catalogue', async () => {
  const { deps, settle } = scene();
  const { include, exclude } = openRun(RUN, []).plan?.terms ?? { include: [], exclude: [] };
  const before = (id: string, size: number) =>
    archiveOf(id, T0 - 1_440 * MINUTE, { size, includes: includeSet(include, exclude) });
  await addArchives(deps.store, [before('p1', 4_097), before('p2', 4_096)]);
  await settle(runOf(['p1', 'p2'], [verified('p1'), verified('p2')]));
  const report = await readReport(deps.store, RUN);
  expect(report?.suspects).toBe(1);
  expect(report?.phones.map(({ suspect }) => suspect)).toEqual([true, undefined]);
  const known = (await catalogued(deps.store)).filter(({ run_id }) => run_id === RUN);
  expect(known.map(({ flags }) => flags.suspect)).toEqual([true, undefined]);
});

describe('isSettled', () => {
  const phones = ['p1', 'p2'];

  it.each<[string, OpenRun, boolean]>([
    ['false for a run without a plan', { ...runOf([], []), plan: undefined }, false],
    ['false while a phone has no outcome', runOf(phones, [verified('p1')]), false],
    ['true when every phone has its outcome', runOf(phones, [verified('p1'), refused('p2')]), true],
    ['true for a run without phones', runOf([], []), true],
  ])('is %s', (_, run, expected) => {
    expect(isSettled(run, LATER)).toBe(expected);
  });

  it('is true from the deadline', () => {
    const run = runOf(['p1'], [], { deadline: 30 * MINUTE });
    expect(isSettled(run, LATER - 1)).toBe(false);
    expect(isSettled(run, LATER)).toBe(true);
  });

  it('stays true after the report, whatever is recorded later', async () => {
    const { settle } = scene();
    const run = runOf(['p1'], [refused('p1')]);
    await settle(run);
    record(run, [accepted('p1')]);
    expect(isSettled(run, LATER)).toBe(true);
  });
});

describe('settleRun', () => {
  it('does nothing without a plan', async () => {
    const { settle, store, lines } = scene();
    const run = { ...runOf([], []), plan: undefined };
    expect(await settle(run)).toEqual([]);
    expect([await store.list(''), lines, run.unwritten.result]).toEqual([[], [], true]);
  });

  it('reports the outcome of each phone and of the run', async () => {
    const { settle, store, land } = scene();
    land(key('p2'), 100);
    const run = runOf(['p1', 'p2'], [verified('p1'), refused('p2')]);
    run.unwritten.metrics = { ...noMetrics(), function_ms: 7 };
    expect(await settle(run)).toEqual([]);
    expect(run.report).toEqual({
      ...{ run_id: RUN, policy: 'nightly', trigger: 'timer' },
      ...{ slot: '20260102T023000Z', outcome: 'partial', listing_complete: true },
      started_at: new Date(T0).toISOString(),
      settled_at: new Date(LATER).toISOString(),
      counts: { selected: 2, exported: 1, failed: 1, skipped: 0, timed_out: 0, cancelled: 0 },
      metrics: { ...noMetrics(), function_ms: 7 },
      phones: [
        {
          ...{ phone_id: 'p1', outcome: 'exported', bucket: 'my-phone-backups', key: key('p1') },
          ...{ size: 2_048, etag: 'etag', attempts: 1 },
          verified_at: new Date(T0).toISOString(),
        },
        {
          ...{ phone_id: 'p2', outcome: 'failed', reason: 'refused', code: 'CPS.0004' },
          ...{ attempts: 1, unconfirmed_archive: [key('p2')], unconfirmed_size: [100] },
        },
      ],
    });
    expect(await readReport(store, RUN)).toEqual(run.report);
  });

  it('leaves to retention what no job confirms, unless a job has confirmed it since', async () => {
    const { settle, store, land } = scene();
    for (const id of ['p1', 'p2']) land(key(id), 100);
    const late = {
      phone_id: 'p1',
      attempt: 1,
      key: key('p1'),
      size: 2_048,
      etag: 'l',
      seen_at: LATER,
    };
    await recordLateArchive(store, RUN, late);
    await settle(runOf(['p1', 'p2'], [refused('p1'), refused('p2')]));
    expect(await cataloguedLeftovers(store)).toEqual([[key('p2'), 'orphaned']]);
    expect((await catalogued(store)).map((archive) => archive.key)).toEqual([key('p1')]);
  });

  it('records the result in history and indexes, and logs it', async () => {
    const { settle, store, logged } = scene();
    const run = runOf(['p1', 'p2'], [verified('p1'), refused('p2')]);
    await settle(run);
    const settled = { run_id: RUN, outcome: 'partial', settled_at: LATER };
    expect((await readHistory(store, 'nightly'))?.last).toEqual(settled);
    const { runs } = await listIndexedRuns(store, { max: 10 });
    expect(runs).toMatchObject([{ run_id: RUN, outcome: 'partial' }]);
    expect(await indexed(store)).toEqual(['p1']);
    expect(logged('not_exported', 'settled').map(([, event, fields]) => [event, fields])).toEqual([
      ['not_exported', expect.objectContaining({ run: RUN, phone: 'p2', code: 'CPS.0004' })],
      ['settled', expect.objectContaining({ run: RUN, outcome: 'partial', exported: 1 })],
    ]);
    expect(run.unwritten.result).toBe(false);
  });

  it('reports why a run failed before it started', async () => {
    const { settle } = scene();
    const run = runOf([], []);
    const failure = { code: 'policy_gone', message: 'It is gone.' };
    if (run.plan !== undefined) run.plan = { ...run.plan, failure };
    await settle(run);
    expect(run.report).toMatchObject({
      ...{ outcome: 'failed', reason: 'policy_gone', message: 'It is gone.', phones: [] },
    });
  });

  it.each<[RunOutcome, RunEvent[]]>([
    ['cancelled', [{ type: 'cancel_seen', at: T0 }]],
    ['skipped', []],
  ])('reports a run without phones as %s', async (outcome, events) => {
    const { settle } = scene();
    const run = runOf([], events);
    await settle(run);
    expect(run.report?.outcome).toBe(outcome);
    expect(run.report).not.toHaveProperty('reason');
    expect(run.report).not.toHaveProperty('message');
    expect(run.report).not.toHaveProperty('superseded_deleted');
    expect(run.report).not.toHaveProperty('leftovers');
  });

  it('counts a complete archive as the backup when its response was lost', async () => {
    const { settle, land } = scene();
    land(key('p1'), 4_096, 'late');
    const lost = [
      { type: 'outcome_unknown' as const, ...own('p1') },
      { type: 'archive_rejected' as const, ...own('p1'), reason: 'response_lost' },
      timedOut('p1'),
    ];
    const run = runOf(['p1'], lost);
    await settle(run);
    expect(run.report?.phones).toMatchObject([
      { phone_id: 'p1', outcome: 'exported', key: key('p1'), size: 4_096, etag: 'late' },
    ]);
    expect(run.report?.outcome).toBe('completed');
  });

  it('deletes superseded archives, and reports them in order', async () => {
    const { settle, land, removed } = scene();
    const failed = (phone_id: string): RunEvent => ({
      ...{ type: 'ended', ...own(phone_id), result: 'failed' },
    });
    for (const id of ['p2', 'p1']) [1, 2].forEach((attempt) => land(key(id, attempt)));
    const events = ['p2', 'p1'].flatMap((id) => [accepted(id), failed(id), verified(id, 2)]);
    const run = runOf(['p2', 'p1'], events);
    await settle(run);
    expect(removed).toEqual([key('p2'), key('p1')]);
    expect(run.report?.superseded_deleted).toEqual([key('p1'), key('p2')]);
    expect(run.report?.phones.map((phone) => phone.key)).toEqual([key('p2', 2), key('p1', 2)]);
  });

  it('reports the superseded archives that could not be deleted, and settles all the same', async () => {
    const { settle, deps, land, store } = scene();
    for (const id of ['p2', 'p1']) [1, 2].forEach((attempt) => land(key(id, attempt)));
    const run = runOf(
      ['p2', 'p1'],
      ['p2', 'p1'].map((id) => verified(id, 2)),
    );
    const purge = async (_: string, keys: string[]) => ({
      refused: keys.map((one) => ({ key: one, code: 'AccessDenied' })),
      versioning: 'off' as const,
    });
    await settle(run, { ...deps, archives: { ...deps.archives, purge } });
    expect(run.report).not.toHaveProperty('superseded_deleted');
    expect(run.report?.leftovers).toEqual(
      ['p1', 'p2'].map((id) => ({ key: key(id), code: 'AccessDenied' })),
    );
    expect(run.report?.leftover_size).toEqual([2_048, 2_048]);
    expect(await cataloguedLeftovers(store)).toEqual([
      [key('p1'), 'superseded'],
      [key('p2'), 'superseded'],
    ]);
    expect(run.report?.outcome).toBe('completed');
  });

  it('settles a large run over several drives when the time is up', async () => {
    const { settle, deps, store, clock } = scene();
    const ids = Array.from({ length: 12_000 }, (_, n) => `p${n}`);
    const run = runOf(
      ids,
      ids.map((id) => verified(id)),
    );
    const late: number[] = [];
    let until = clock.now();
    const slowly =
      <Args extends [string, ...unknown[]], T>(
        call: (...args: Args) => Promise<T>,
        msOf: (key: string) => number,
      ) =>
      (...args: Args): Promise<T> => {
        late.push(clock.now() - until);
        clock.move(msOf(args[0]));
        return call(...args);
      };
    const slow = {
      ...store,
      create: slowly(store.create, () => 50),
      get: slowly(store.get, () => 5),
      put: slowly(store.put, (key) => (key.startsWith(layout.reportPages(RUN)) ? 2_000 : 50)),
    };
    let drives = 0;
    for (; run.unwritten.result && drives < 20; drives += 1) {
      until = clock.now() + 10_000;
      await settle(run, { ...deps, store: slow, until }).catch((error: unknown) => {
        if (!(error instanceof TimeUp)) throw error;
      });
    }
    expect(drives).toBeGreaterThan(1);
    expect(drives).toBeLessThan(10);
    expect(Math.max(...late)).toBeLessThan(3_000);
    expect(await readReportedPhones(store, (await readReport(store, RUN)) ?? never())).toHaveLength(
      12_000,
    );
    expect(await indexed(store)).toHaveLength(12_000);
  });

  it('names at most fifty superseded archives in the report, and counts the others', async () => {
    const { settle, land } = scene();
    const ids = Array.from({ length: 70 }, (_, n) => `p${n}`);
    const run = runOf(
      ids,
      ids.map((id) => verified(id, 2)),
    );
    for (const id of ids) for (const attempt of [1, 2]) land(key(id, attempt));
    await settle(run);
    expect(run.report?.superseded_deleted).toHaveLength(50);
    expect(run.report?.omitted).toEqual({ superseded_deleted: 20, leftovers: 0 });
  });

  it('stores jobs that still run for later drives', async () => {
    const { settle, store } = scene();
    const run = runOf(['p1', 'p2'], [accepted('p1'), timedOut('p1'), verified('p2')]);
    const orphaned = await settle(run);
    expect(orphaned).toMatchObject([{ run_id: RUN, attempts: [{ phone_id: 'p1', attempt: 1 }] }]);
    expect([await readOrphanedJobs(store, RUN)]).toEqual(orphaned);
    expect(run.report?.outcome).toBe('partial');
  });
});

describe('a run that is settled again', () => {
  it('keeps its report whatever was recorded since, and looks up nothing', async () => {
    const { settle, store, lookups, clock } = scene();
    const run = runOf(['p1'], [accepted('p1'), timedOut('p1')]);
    await settle(run);
    const { report } = run;
    const before = lookups.length;
    record(run, [verified('p1')]);
    clock.move(MINUTE);
    expect(await settle(run)).toEqual([]);
    expect(run.report).toEqual(report);
    expect(await readReport(store, RUN)).toEqual(report);
    expect(lookups).toHaveLength(before);
    expect((await listIndexedRuns(store, { max: 10 })).runs).toHaveLength(1);
  });

  it('takes over the report that another drive wrote first', async () => {
    const { settle, store } = scene();
    const first = runOf(['p1'], [refused('p1')]);
    await settle(first);
    const run = runOf(['p1'], [verified('p1')]);
    await settle(run);
    expect(run.report).toEqual(first.report);
    expect((await readHistory(store, 'nightly'))?.last.outcome).toBe('failed');
  });

  it('records its result again until every record is written', async () => {
    const { settle, deps, store } = scene();
    const run = runOf(['p1'], [verified('p1')]);
    const away = withFailingStore(deps, 'put', undefined, layout.runIndex);
    await expect(settle(run, away)).rejects.toThrow('no response');
    expect([run.report?.outcome, run.unwritten.result]).toEqual(['completed', true]);
    await settle(run);
    expect((await listIndexedRuns(store, { max: 10 })).runs).toHaveLength(1);
    expect(run.unwritten.result).toBe(false);
  });
});

describe('the last good run', () => {
  async function goodAfter(run: OpenRun) {
    const { settle, store } = scene();
    await recordSettled(store, 'nightly', { run_id: 'n-0', outcome: 'failed', settled_at: T0 });
    await settle(run);
    return (await readHistory(store, 'nightly'))?.good;
  }

  it('is a completed run of all phones', async () => {
    expect((await goodAfter(runOf(['p1'], [verified('p1')])))?.run_id).toBe(RUN);
  });

  it('is not a partial run', async () => {
    const run = runOf(['p1', 'p2'], [verified('p1'), refused('p2')]);
    expect(await goodAfter(run)).toBeUndefined();
  });

  it('is not a run of requested phones', async () => {
    const run = runOf(['p1'], [verified('p1')]);
    run.request = { ...run.request, phones: ['p1'] };
    expect(await goodAfter(run)).toBeUndefined();
  });
});

describe('the freshness of the policy', () => {
  const failed = { outcome: 'failed', reason: 'refused', code: 'CPS.0004' } as const;
  const stored = (store: Store) => readFreshness(store, 'nightly');

  it('is stored with the phones of a run of all phones', async () => {
    const { settle, store } = scene();
    await settle(runOf(['p1', 'p2'], [verified('p1'), refused('p2')]));
    expect(await stored(store)).toEqual({
      ...{ run_id: RUN, not_exportable: 0, unknown: 0, never: 1, verified: [[T0, 1]] },
      oldest: [
        { phone_id: 'p2', phone_name: 'game-p2', ...failed },
        { phone_id: 'p1', phone_name: 'game-p1', outcome: 'exported', verified_at: T0 },
      ],
    });
  });

  it.each([
    ['selected no phone', runOf([], [])],
    ['was of some phones, and exported none', ofSome(runOf(['p1'], [refused('p1')]))],
    ['was of some phones, before any run of all', ofSome(runOf(['p1'], [verified('p1')]))],
  ])('is not changed by a run that %s', async (_, run) => {
    const { settle, store } = scene();
    await settle(run);
    expect(await stored(store)).toBeUndefined();
  });

  it.each([
    ['zh', 'zh'],
    [undefined, 'en'],
  ] as const)(
    'is checked by drive after each run while the policy is stale, in its language: %s',
    async (language, expected) => {
      const { settle, store } = scene();
      await writeNotifiedStale(store, { policy: 'nightly', since: T0, at: T0 });
      const terms = language === undefined ? {} : { notify: { when: 'always' as const, language } };
      await settle(runOf(['p1'], [verified('p1')], terms));
      const { body = 'null' } = (await store.get(layout.hint('freshness-nightly'))) ?? {};
      expect(JSON.parse(body)).toMatchObject({ policy: 'nightly', at: LATER, language: expected });
    },
  );

  it('is not checked after a run of a policy that is not stale', async () => {
    const { settle, store } = scene();
    await settle(runOf(['p1'], [verified('p1')]));
    expect(await store.list(layout.hints)).toEqual([]);
  });
});

function ofSome(run: OpenRun): OpenRun {
  return { ...run, request: { ...run.request, phones: ['p1'] } };
}

it('settles a run whose report has several pages', async () => {
  const { settle, store } = scene();
  const ids = Array.from({ length: 1_001 }, (_, n) => `p${n}`);
  const run = runOf(
    ids,
    ids.map((id) => verified(id)),
  );
  await settle(run);
  expect(run.report).toMatchObject({ outcome: 'completed', phones: [], pages: { length: 2 } });
  expect(await indexed(store)).toHaveLength(1_001);
  expect(await readReport(store, RUN)).toEqual(run.report);
});
