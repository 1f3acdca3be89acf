import { hasCode } from '../errors.ts';
import { noteSettled } from '../ledger/history.ts';
import { type Late, LATE_VERSION, writeLate } from '../ledger/late.ts';
import { indexArchives, type IndexEntry } from '../ledger/phones.ts';
import { type ReportedPhone, writeReport } from '../ledger/report.ts';
import { noteRun } from '../ledger/run-index.ts';
import { archiveKey, parseArchiveKey, runFolder } from '../policy/keys.ts';
import { standing } from './decide.ts';
import type { ObjectInfo } from '../cloud/obs-list.ts';
import type { RunDeps } from './deps.ts';
import { type Decided, flush, type OpenRun, record, steps, type Writer } from './open-run.ts';
import { endsAsTar } from './verify.ts';
import { countOutcomes, runOutcome } from './outcome.ts';

const DAY = 24 * 60 * 60_000;

/** True when every phone of the planned run has its outcome. */
export function isSettled(run: OpenRun, now: number): boolean {
  if (run.plan === undefined) return false;
  return steps(run, now).every(({ step }) => step.kind === 'done');
}

/**
 * Settles a run whose phones all have an outcome: sweeps superseded archives, hands jobs that still run over to the
 * late watch, writes the report once and notes the result. All of it may be repeated after a crash.
 */
export async function settleRun(
  deps: RunDeps,
  run: OpenRun,
  writer: Writer,
): Promise<Late | undefined> {
  const plan = run.plan;
  if (plan === undefined) return undefined;
  const now = deps.clock.now();
  const found = await foldersContent(deps, run);
  await adoptLost(deps, run, steps(run, now), found);
  const decided = steps(run, now);
  await sweep(deps, run, decided, found, writer);
  const late = run.report === undefined ? await keepFollowing(deps, run, decided) : undefined;

  const phones = decided.map((entry) => reportPhone(run, entry, found));
  const counts = countOutcomes(phones.map((phone) => phone.outcome));
  const outcome = runOutcome(counts, {
    failedToStart: plan.failure !== undefined,
    cancelled: run.state.cancelledAt !== undefined,
  });
  run.report = await writeReport(
    deps.store,
    {
      run_id: run.runId,
      policy: run.request.policy,
      trigger: run.request.trigger,
      slot: plan.slot,
      outcome,
      ...(plan.failure === undefined
        ? {}
        : { reason: plan.failure.code, message: plan.failure.message }),
      started_at: new Date(plan.started_at).toISOString(),
      settled_at: new Date(now).toISOString(),
      counts,
      listing_complete: plan.listing_complete,
      ...(run.state.swept.size === 0 ? {} : { swept: [...run.state.swept].sort() }),
    },
    phones,
  );
  await indexArchives(deps.store, indexEntries(run, decided));
  await noteSettled(deps.store, run.request.policy, {
    run_id: run.runId,
    outcome: run.report.outcome,
    settled_at: Date.parse(run.report.settled_at),
  });
  await noteRun(deps.store, run.report);
  run.wrappedUp = true;
  deps.log.info('settled', { run: run.runId, policy: run.request.policy, outcome, ...counts });
  return late;
}

type Found = { phone_id: string; attempt: number; object: ObjectInfo };

async function foldersContent(deps: RunDeps, run: OpenRun): Promise<Found[]> {
  const terms = run.plan?.terms;
  if (terms === undefined || run.state.phones.size === 0) return [];
  const folder = runFolder(terms.folder, run.runId);
  const objects = await listed(deps, terms.bucket, `${folder}/`);
  return objects.flatMap((object) => {
    const name = parseArchiveKey(folder, object.key);
    return name === undefined ? [] : [{ ...name, object }];
  });
}

/** A folder that may not be seen any more must not keep its run open for ever: the report says what is known. */
async function listed(deps: RunDeps, bucket: string, prefix: string): Promise<ObjectInfo[]> {
  try {
    return (await deps.archives.list(bucket, prefix)).objects;
  } catch (error) {
    const closed = hasCode(error, 'access_denied') || hasCode(error, 'bucket_missing');
    if (!closed) throw error;
    deps.log.warn('folder_closed', { bucket, code: error.code });
    return [];
  }
}

/** The last chance of a lost answer: its archive, when whole, is the phone's backup after all. */
async function adoptLost(
  deps: RunDeps,
  run: OpenRun,
  decided: Decided[],
  found: Found[],
): Promise<void> {
  const bucket = run.plan?.terms?.bucket ?? '';
  for (const { phone, step } of decided) {
    if (step.kind !== 'done' || step.archive !== undefined) continue;
    const { phone_id } = phone.planned;
    for (const { attempt, object } of found.filter((other) => other.phone_id === phone_id)) {
      const lost = phone.tries.get(attempt);
      if (lost === undefined || !['lost', 'doubt'].includes(standing(lost).kind)) continue;
      if (!(await endsAsTar(deps, bucket, object))) continue;
      const { size, etag } = object;
      record(run, [{ type: 'verified', at: deps.clock.now(), phone_id, try: attempt, size, etag }]);
    }
  }
}

/** Deletes archives that a verified one of the same phone in this run has superseded, unless their job may still write. */
async function sweep(
  deps: RunDeps,
  run: OpenRun,
  decided: Decided[],
  found: Found[],
  writer: Writer,
): Promise<void> {
  const kept = new Map<string, number>();
  for (const { phone, step } of decided) {
    if (step.kind !== 'done' || step.archive === undefined) continue;
    kept.set(phone.planned.phone_id, step.archive.number);
  }
  const superseded = found.filter(({ phone_id, attempt }) => {
    const verified = kept.get(phone_id);
    if (verified === undefined || verified === attempt) return false;
    const other = run.state.phones.get(phone_id)?.tries.get(attempt);
    return other === undefined || standing(other).kind !== 'running';
  });
  const keys = superseded.map(({ object }) => object.key);
  record(
    run,
    keys.map((key) => ({ type: 'swept' as const, at: deps.clock.now(), key })),
  );
  await flush(deps.store, deps.clock, run, writer);
  if (keys.length > 0) await deps.archives.remove(run.plan?.terms?.bucket ?? '', keys);
}

async function keepFollowing(
  deps: RunDeps,
  run: OpenRun,
  decided: Decided[],
): Promise<Late | undefined> {
  const terms = run.plan?.terms;
  if (terms === undefined) return undefined;
  const tries = decided.flatMap(({ phone: { planned, tries: all } }) =>
    [...all.values()]
      .filter((attempt) => standing(attempt).kind === 'running')
      .map((attempt) => ({
        phone_id: planned.phone_id,
        phone_name: planned.phone_name,
        server_id: planned.server_id,
        try: attempt.number,
        jobs: attempt.accepted.map(({ job_id, request_id }) => ({ job_id, request_id })),
      })),
  );
  if (tries.length === 0) return undefined;
  const late: Late = {
    version: LATE_VERSION,
    run_id: run.runId,
    policy: run.request.policy,
    bucket: terms.bucket,
    folder: terms.folder,
    busy_until: run.state.acceptedAt + 2 * terms.export_timeout,
    until: run.state.acceptedAt + DAY,
    tries,
  };
  await writeLate(deps.store, late);
  return late;
}

function reportPhone(run: OpenRun, { phone, step }: Decided, found: Found[]): ReportedPhone {
  const { phone_id } = phone.planned;
  const attempts = [...phone.tries.values()].filter((attempt) => standing(attempt).kind !== 'void');
  const terms = run.plan?.terms;
  if (step.kind !== 'done') throw new Error(`phone ${phone_id} has no outcome`);
  const archive = step.archive?.verified;
  if (step.archive !== undefined && archive !== undefined && terms !== undefined) {
    return {
      phone_id,
      outcome: 'exported',
      bucket: terms.bucket,
      key: archiveKey(terms.folder, run.runId, phone_id, step.archive.number),
      size: archive.size,
      etag: archive.etag,
      attempts: attempts.length,
    };
  }
  const loose = found
    .filter((other) => other.phone_id === phone_id)
    .map(({ object }) => object.key);
  return {
    phone_id,
    outcome: step.outcome,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.code === undefined ? {} : { code: step.code }),
    attempts: attempts.length,
    ...(loose.length === 0 ? {} : { unconfirmed_archive: loose }),
  };
}

function indexEntries(run: OpenRun, decided: Decided[]): IndexEntry[] {
  const terms = run.plan?.terms;
  if (terms === undefined) return [];
  return decided.flatMap(({ phone: { planned }, step }) => {
    const archive = step.kind === 'done' ? step.archive : undefined;
    if (archive?.verified === undefined) return [];
    const { phone_id, phone_name, image_version } = planned;
    return [
      {
        phone_id,
        phone_name,
        policy: run.request.policy,
        archive: {
          run_id: run.runId,
          bucket: terms.bucket,
          key: archiveKey(terms.folder, run.runId, phone_id, archive.number),
          size: archive.verified.size,
          etag: archive.verified.etag,
          verified_at: archive.verified.at,
          ...(image_version === undefined ? {} : { image_version }),
        },
      },
    ];
  });
}
