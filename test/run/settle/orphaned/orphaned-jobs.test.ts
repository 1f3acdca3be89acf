import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import {
  type OrphanedAttempt,
  readOrphanedJobs,
  splitOrphanedJobs,
  writeOrphanedJobs,
} from '../../../../lib/ledger/run/orphaned-jobs.ts';
import { layout, readOpenKey } from '../../../../lib/ledger/store/layout.ts';
import { MAX_OBJECT_BYTES } from '../../../../lib/ledger/store/parts/split.ts';
import {
  inFlightJobs,
  loadOrphanedJobs,
  orphanRunningJobs,
} from '../../../../lib/run/settle/orphaned/orphaned-jobs.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import {
  attemptWithJob,
  attemptWithoutJob,
  orphanedJobs,
  RUN,
} from '../../../support/orphaned-jobs.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('loadOrphanedJobs', () => {
  it('returns the jobs of the runs, and skips runs without any', async () => {
    const { deps, store, lines } = runScene();
    const orphaned = orphanedJobs([attemptWithJob('p')]);
    await writeOrphanedJobs(store, orphaned);
    expect(await loadOrphanedJobs(deps, ['gone-1', RUN])).toEqual([orphaned]);
    expect(lines).toEqual([]);
  });

  it('lets an unreadable object rest, and returns the jobs of the other runs', async () => {
    const { deps, store, logged } = runScene();
    const broken = 'weekly-20260102t023000z';
    await store.put(layout.orphanedJobs(broken), `{"version":1,"${'x'.repeat(300)}":`);
    const orphaned = orphanedJobs([attemptWithJob('p')]);
    await writeOrphanedJobs(store, orphaned);
    expect(await loadOrphanedJobs(deps, [broken, RUN])).toEqual([orphaned]);
    const key = layout.orphanedJobs(broken);
    const facts = { key, run: broken, policy: 'weekly', code: 'object_invalid' };
    expect(logged()).toMatchObject([['error', 'object_unreadable', facts]]);
    expect(await loadOrphanedJobs(deps, [broken, RUN])).toEqual([orphaned]);
    expect(logged()).toHaveLength(1);
  });
});

describe('orphanRunningJobs', () => {
  const own = (phone_id: string) => ({ phone_id, attempt: 1 });
  const accepted = (phone: string, at = T0): RunEvent => ({
    ...{ type: 'accepted', at, ...own(phone) },
    ...{ job_id: `j-${phone}`, request_id: `r-${phone}` },
  });
  const intent = (phone: string): RunEvent => ({
    ...{ type: 'intent', at: T0, window: 'w1', attempts: [own(phone)] },
  });
  const ended = (phone: string, result: 'succeeded' | 'failed' | 'lost'): RunEvent => ({
    ...{ type: 'ended', at: T0, ...own(phone), result },
  });
  const refused = (code: string): RunEvent => ({ type: 'refused', at: T0, ...own('p'), code });

  async function orphan(events: RunEvent[], ids = ['p'], after = 0) {
    const scene = runScene();
    scene.clock.move(after);
    const run = openRun(
      RUN,
      ids.map((id) => plannedPhone(id)),
    );
    record(run, events);
    const orphaned = await orphanRunningJobs(scene.deps, run);
    const stored = (await scene.store.list(layout.open)).map(
      ({ key }) => readOpenKey(key)?.id ?? '',
    );
    const read = await Promise.all(stored.map((id) => readOrphanedJobs(scene.store, id)));
    expect(read.sort((a, b) => (a?.part ?? 0) - (b?.part ?? 0))).toEqual(orphaned);
    return orphaned;
  }

  it('stores the running jobs, for a day after the last accepted export', async () => {
    const events = ['p', 'q', 'r'].map((phone, n) => accepted(phone, T0 + n));
    const orphaned = await orphan([...events, ended('q', 'succeeded')], ['p', 'q', 'r']);
    expect(orphaned).toEqual([
      {
        ...{ run_id: RUN, policy: 'nightly' },
        ...{ bucket: terms.bucket, folder: terms.folder },
        busy_until: T0 + 2 + 2 * terms.export_timeout,
        until: T0 + 2 + DAY,
        attempts: [attemptWithJob('p'), attemptWithJob('r')],
      },
    ]);
  });

  const until = T0 + 2 * terms.export_timeout;
  it.each<[string, RunEvent[], OrphanedAttempt[] | undefined]>([
    [
      'watches the key of an attempt whose response was not recorded',
      [intent('p')],
      [attemptWithoutJob('p', until)],
    ],
    [
      'watches the key of an attempt whose response was lost',
      [intent('p'), { type: 'outcome_unknown', at: T0, ...own('p') }],
      [attemptWithoutJob('p', until)],
    ],
    [
      'watches the key of an attempt refused because the phone was busy',
      [intent('p'), refused('CPS.0042')],
      [attemptWithoutJob('p', until)],
    ],
    [
      'watches the key of an attempt whose job was lost',
      [intent('p'), accepted('p'), ended('p', 'lost')],
      [attemptWithoutJob('p', until)],
    ],
    ['watches nothing after any other refusal', [intent('p'), refused('CPS.0005')], undefined],
    [
      'watches nothing after a failed job',
      [intent('p'), accepted('p'), ended('p', 'failed')],
      undefined,
    ],
    ['watches nothing of a phone that was never sent', [], undefined],
  ])('%s', async (_, events, expected) => {
    expect((await orphan(events))[0]?.attempts).toEqual(expected);
  });

  it('watches a key for twice the export timeout from the attempt on when the phone has a backup', async () => {
    const second = { phone_id: 'p', attempt: 2 };
    const events: RunEvent[] = [
      intent('p'),
      { type: 'intent', at: T0, window: 'w2', attempts: [second] },
      { type: 'verified', at: T0, ...second, size: 1, etag: 'e' },
    ];
    const before = await orphan(events, ['p'], 2 * terms.export_timeout - 1);
    expect(before[0]?.attempts).toEqual([attemptWithoutJob('p', until)]);
    expect(await orphan(events, ['p'], 2 * terms.export_timeout)).toEqual([]);
  });

  it('watches a key for as long after a run that ends without a backup, for a job that was queued', async () => {
    const after = 3 * terms.export_timeout;
    const orphaned = await orphan([intent('p')], ['p'], after);
    expect(orphaned[0]?.attempts).toEqual([attemptWithoutJob('p', until + after)]);
  });

  it('stores every job of a running attempt, and no ended attempt', async () => {
    const again: RunEvent[] = [
      { ...accepted('p'), attempt: 2 } as RunEvent,
      { ...accepted('p', T0 + 1), attempt: 2, job_id: 'j-2', request_id: 'r-2' } as RunEvent,
    ];
    const orphaned = await orphan([accepted('p'), ended('p', 'failed'), ...again]);
    expect(orphaned[0]?.attempts).toEqual([
      attemptWithJob('p', {
        attempt: 2,
        jobs: [
          { job_id: 'j-p', request_id: 'r-p' },
          { job_id: 'j-2', request_id: 'r-2' },
        ],
      }),
    ]);
  });

  it('stores many running jobs in several objects, each below 1 MiB', async () => {
    const ids = Array.from({ length: 2_500 }, (_, n) => `p${n}`);
    const orphaned = await orphan(
      ids.map((id) => accepted(id)),
      ids,
    );
    expect(orphaned.map(({ part, attempts }) => [part, attempts.length])).toEqual([
      [undefined, 1_000],
      [1, 1_000],
      [2, 500],
    ]);
    expect(orphaned.flatMap(({ attempts }) => attempts.map(({ phone_id }) => phone_id))).toEqual(
      ids,
    );
    const names = orphaned.flatMap((jobs) =>
      splitOrphanedJobs({
        ...jobs,
        attempts: jobs.attempts.map((one) => ({ ...one, phone_name: '云'.repeat(1_024) })),
      }),
    );
    const sizes = names.map((jobs) => Buffer.byteLength(JSON.stringify(jobs)));
    expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES);
  });

  it('stores nothing for a run without a plan, or one that failed before it started', async () => {
    const { deps, store } = runScene();
    const run = openRun(RUN, [plannedPhone('p')]);
    record(run, [accepted('p')]);
    expect(await orphanRunningJobs(deps, { ...run, plan: undefined })).toEqual([]);
    if (run.plan !== undefined) delete run.plan.terms;
    expect(await orphanRunningJobs(deps, run)).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });
});

describe('inFlightJobs', () => {
  it('returns the phones whose jobs may still run', () => {
    const orphaned = orphanedJobs([attemptWithJob('p'), attemptWithoutJob('q')]);
    const other = orphanedJobs([attemptWithJob('r')], { busy_until: T0 + 1 });
    const phones = (now: number) =>
      inFlightJobs([orphaned, other], now).map(({ phone_id }) => phone_id);
    expect(phones(T0)).toEqual(['p', 'r']);
    expect(phones(T0 + 1)).toEqual(['p']);
    expect(phones(T0 + 2 * HOUR)).toEqual([]);
  });
});
