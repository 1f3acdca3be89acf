import pLimit from 'p-limit';
import { hasCode } from '../../errors.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import { archiveKey, parseArchiveKey, runFolder } from '../../policy/keys/keys.ts';
import { mayStillArrive } from '../state/attempt-status.ts';
import { RECHECK_AFTER_MS } from '../state/next-step.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import type { PhoneStep } from '../state/phone-steps.ts';
import { isWhole } from '../export/verify-archives.ts';

/** The archives in the folder of a run, by phone. */
export type FoundArchives = ReadonlyMap<string, { attempt: number; object: ObjectInfo }[]>;

const HEADS_AT_ONCE = 8;

/**
 * Returns the archives in the folder of a run by LIST. Archives of jobs that failed in the last two minutes are looked up by
 * HEAD, since LIST may not show them yet. Objects without the name of an archive are ignored.
 */
export async function findArchives(deps: RunDeps, run: OpenRun): Promise<FoundArchives> {
  const found = new Map<string, { attempt: number; object: ObjectInfo }[]>();
  const terms = run.plan?.terms;
  if (terms === undefined || run.state.phones.size === 0) return found;
  const folder = runFolder(terms.folder, run.runId);
  const objects = await listIfReadable(deps, run, terms.bucket, async () => {
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

/** Returns the attempts whose job failed in the last two minutes. */
function justFailed(run: OpenRun, now: number): { phoneId: string; attempt: number }[] {
  const isRecent = ({ ended, deleted }: Attempt): boolean =>
    ended?.result === 'failed' && deleted !== true && now - ended.at < RECHECK_AFTER_MS;
  return [...run.state.phones].flatMap(([phoneId, { attempts }]) =>
    [...attempts.values()].filter(isRecent).map(({ number }) => ({ phoneId, attempt: number })),
  );
}

/** Returns no objects when the folder can no longer be read, or the run would stay open for ever. */
async function listIfReadable(
  deps: RunDeps,
  run: OpenRun,
  bucket: string,
  lookup: () => Promise<ObjectInfo[]>,
): Promise<ObjectInfo[]> {
  try {
    return await lookup();
  } catch (error) {
    const isUnreadable = hasCode(error, 'access_denied') || hasCode(error, 'bucket_missing');
    if (!isUnreadable) throw error;
    const { policy } = run.request;
    deps.log.warn('folder_unreadable', { run: run.runId, policy, bucket, code: error.code });
    return [];
  }
}

/**
 * Records an archive as verified when it is complete and the response to its attempt was lost, for phones that would end
 * without a backup.
 */
export async function verifyLostArchives(
  deps: RunDeps,
  run: OpenRun,
  steps: PhoneStep[],
  found: FoundArchives,
): Promise<void> {
  const bucket = run.plan?.terms?.bucket ?? '';
  for (const { phone, step } of steps) {
    if (step.kind !== 'done' || step.archive !== undefined) continue;
    const { phone_id } = phone.planned;
    for (const { attempt, object } of found.get(phone_id) ?? []) {
      const sent = phone.attempts.get(attempt);
      if (sent === undefined || !mayStillArrive(sent)) continue;
      if (!(await isWhole(deps, run, bucket, object))) continue;
      const { size, etag } = object;
      record(run, [{ type: 'verified', at: deps.clock.now(), phone_id, attempt, size, etag }]);
    }
  }
}
