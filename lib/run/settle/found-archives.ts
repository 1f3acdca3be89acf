import pLimit from 'p-limit';
import { hasCode } from '../../errors.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import { archiveKey, parseArchiveKey, runFolder } from '../../policy/keys/keys.ts';
import { mayStillArrive, statusOf } from '../state/attempt-status.ts';
import { RECHECK_AFTER_MS } from '../state/next-step.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { assertSoleWriter, type OpenRun, record } from '../state/open-run.ts';
import type { PhoneStep } from '../state/phone-steps.ts';
import { endsAsTar } from '../export/verify-archives.ts';

/** What lies in a run's folder, by phone. */
export type Found = ReadonlyMap<string, { attempt: number; object: ObjectInfo }[]>;

const HEADS_AT_ONCE = 8;

/**
 * Lists the folder of a run, and asks by HEAD for what jobs that failed moments ago may have left: LIST may not show it yet.
 * Only what looks as if the run had put it there counts.
 */
export async function foundArchives(deps: RunDeps, run: OpenRun): Promise<Found> {
  const found = new Map<string, { attempt: number; object: ObjectInfo }[]>();
  const terms = run.plan?.terms;
  if (terms === undefined || run.state.phones.size === 0) return found;
  const folder = runFolder(terms.folder, run.runId);
  const objects = await unlessClosed(deps, run, terms.bucket, async () => {
    const { objects: listed } = await deps.archives.list(terms.bucket, `${folder}/`);
    const known = new Set(listed.map(({ key }) => key));
    const limit = pLimit(HEADS_AT_ONCE);
    const unlisted = justFailed(run, deps.clock.now())
      .map(({ phoneId, attempt }) => archiveKey(terms.folder, run.runId, phoneId, attempt))
      .filter((key) => !known.has(key))
      .map((key) => limit(() => deps.archives.head(terms.bucket, key)));
    return [...listed, ...(await Promise.all(unlisted)).filter((object) => object !== undefined)];
  });
  for (const object of objects) {
    const name = parseArchiveKey(folder, object.key);
    if (name === undefined) continue;
    const { phone_id, attempt } = name;
    found.set(phone_id, [...(found.get(phone_id) ?? []), { attempt, object }]);
  }
  return found;
}

/** Tries whose job was seen to fail so short ago that LIST may not show what it has left. */
function justFailed(run: OpenRun, now: number): { phoneId: string; attempt: number }[] {
  const isRecent = ({ ended, deleted }: Attempt): boolean =>
    ended?.result === 'failed' && deleted !== true && now - ended.at < RECHECK_AFTER_MS;
  return [...run.state.phones].flatMap(([phoneId, { attempts }]) =>
    [...attempts.values()].filter(isRecent).map(({ number }) => ({ phoneId, attempt: number })),
  );
}

/** A folder that may not be seen any more must not keep its run open for ever: the report says what is known. */
async function unlessClosed(
  deps: RunDeps,
  run: OpenRun,
  bucket: string,
  lookup: () => Promise<ObjectInfo[]>,
): Promise<ObjectInfo[]> {
  try {
    return await lookup();
  } catch (error) {
    const closed = hasCode(error, 'access_denied') || hasCode(error, 'bucket_missing');
    if (!closed) throw error;
    const { policy } = run.request;
    deps.log.warn('folder_unreadable', { run: run.runId, policy, bucket, code: error.code });
    return [];
  }
}

/** The last chance of a lost answer: its archive, when whole, is the phone's backup after all. */
export async function adoptLostArchives(
  deps: RunDeps,
  run: OpenRun,
  decided: PhoneStep[],
  found: Found,
): Promise<void> {
  const bucket = run.plan?.terms?.bucket ?? '';
  for (const { phone, step } of decided) {
    if (step.kind !== 'done' || step.archive !== undefined) continue;
    const { phone_id } = phone.planned;
    for (const { attempt, object } of found.get(phone_id) ?? []) {
      const lost = phone.attempts.get(attempt);
      if (lost === undefined || !mayStillArrive(lost)) continue;
      if (!(await endsAsTar(deps, bucket, object))) continue;
      const { size, etag } = object;
      record(run, [{ type: 'verified', at: deps.clock.now(), phone_id, attempt, size, etag }]);
    }
  }
}

/**
 * Deletes archives that a verified one of the same phone in this run has superseded, unless their job may still write. Throws
 * LeaseLost, before anything is deleted, when another drive writes to the run: it may have settled on another archive.
 */
export async function deleteSuperseded(
  deps: DriveDeps,
  run: OpenRun,
  decided: PhoneStep[],
  found: Found,
): Promise<void> {
  await assertSoleWriter(deps, run);
  const superseded = decided.flatMap(({ phone, step }) => {
    if (step.kind !== 'done' || step.archive === undefined) return [];
    const verified = step.archive.number;
    const { phone_id } = phone.planned;
    const others = (found.get(phone_id) ?? []).filter(({ attempt }) => {
      const other = phone.attempts.get(attempt);
      const isRunning = other !== undefined && statusOf(other).kind === 'running';
      return attempt !== verified && !isRunning;
    });
    return others.map(({ attempt, object }) => ({ phone_id, attempt, key: object.key }));
  });
  if (superseded.length === 0) return;
  const at = deps.clock.now();
  record(
    run,
    superseded.map((one) => ({ type: 'superseded_deleted' as const, at, ...one })),
  );
  await assertSoleWriter(deps, run);
  const keys = superseded.map(({ key }) => key);
  await deps.archives.remove(run.plan?.terms?.bucket ?? '', keys);
}
