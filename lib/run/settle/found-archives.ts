import pLimit from 'p-limit';
import type { PhonevaultError } from '../../errors.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { Attempt } from '../../ledger/run/run-state.ts';
import { archiveKey, parseArchiveKey, runFolder } from '../../policy/keys/keys.ts';
import { mayStillArrive } from '../state/attempt-status.ts';
import { RECHECK_AFTER_MS } from '../state/steps/next-step.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { isError, orError } from '../state/failures/or-error.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import type { PhoneStep } from '../state/steps/phone-steps.ts';
import { isWhole } from '../export/archives/verify-archives.ts';
import { orGiveUp } from './or-give-up.ts';

/** The archives in the folder of a run, by phone. */
export type FoundArchives = ReadonlyMap<string, { attempt: number; object: ObjectInfo }[]>;

const HEADS_AT_ONCE = 8;
/** Most refused attempts leave nothing: where many are refused, it is for another reason than a request that arrived twice. */
const MAX_REFUSED_HEADS = 100;

/**
 * Returns the archives in the folder of a run by LIST. Those of attempts whose job failed, or that were refused, in the last
 * two minutes are looked up by HEAD, since LIST may not show them yet. Objects without the name of an archive are ignored.
 */
export async function findArchives(
  deps: Pick<DriveDeps, 'archives' | 'clock' | 'log'>,
  run: OpenRun,
): Promise<FoundArchives> {
  const found = new Map<string, { attempt: number; object: ObjectInfo }[]>();
  const terms = run.plan?.terms;
  if (terms === undefined || run.state.phones.size === 0) return found;
  const { bucket } = terms;
  const folder = runFolder(terms.folder, run.runId);
  const list = () => deps.archives.list(bucket, `${folder}/`);
  const listed = (await orGiveUp(deps, run, 'find_archives', list))?.objects ?? [];
  const known = new Set(listed.map(({ key }) => key));
  const limit = pLimit(HEADS_AT_ONCE);
  const unlisted = justFailed(run, deps.clock.now())
    .map(({ phoneId, attempt }) => archiveKey(terms.folder, run.runId, phoneId, attempt))
    .filter((key) => !known.has(key))
    .map((key) => limit(() => orError(() => deps.archives.head(bucket, key))));
  const looked = await Promise.all(unlisted);
  const failed = looked.find(isError);
  if (failed !== undefined) {
    await orGiveUp(deps, run, 'find_failed_archives', () => Promise.reject(failed));
  }
  const seen = looked.flatMap((object) =>
    object === undefined || isError(object) ? [] : [object],
  );
  for (const object of [...listed, ...seen]) {
    const name = parseArchiveKey(folder, object.key);
    if (name === undefined) continue;
    const { phone_id, attempt } = name;
    found.set(phone_id, [...(found.get(phone_id) ?? []), { attempt, object }]);
  }
  return found;
}

/** Returns the attempts that failed in the last two minutes. A refused request may have arrived twice: its other copy left an archive. */
function justFailed(run: OpenRun, now: number): { phoneId: string; attempt: number }[] {
  const isRecent = ({ at }: { at: number }): boolean => now - at < RECHECK_AFTER_MS;
  const recent = (isWanted: (attempt: Attempt) => boolean) =>
    [...run.state.phones].flatMap(([phoneId, { attempts }]) =>
      [...attempts.values()].filter(isWanted).map(({ number }) => ({ phoneId, attempt: number })),
    );
  const failed = recent(
    ({ ended, deleted }) => ended?.result === 'failed' && deleted !== true && isRecent(ended),
  );
  const refused = recent(
    ({ refused: refusal, accepted, deleted }) =>
      refusal !== undefined && accepted.length === 0 && deleted !== true && isRecent(refusal),
  );
  return [...failed, ...refused.slice(0, MAX_REFUSED_HEADS)];
}

/**
 * Records an archive as verified when it is complete and the response to its attempt was lost, for phones that would end
 * without a backup. Throws the first error of those that could not be read, after the others.
 */
export async function verifyLostArchives(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  steps: PhoneStep[],
  found: FoundArchives,
): Promise<void> {
  const bucket = run.plan?.terms?.bucket ?? '';
  let failed: PhonevaultError | undefined;
  for (const { phone, step } of steps) {
    if (step.kind !== 'done' || step.archive !== undefined) continue;
    const { phone_id } = phone.planned;
    for (const { attempt, object } of found.get(phone_id) ?? []) {
      const sent = phone.attempts.get(attempt);
      if (sent === undefined || !mayStillArrive(sent)) continue;
      const whole = await orError(() => isWhole(deps, run, bucket, object));
      if (isError(whole)) failed ??= whole;
      if (whole !== true) continue;
      const { size, etag } = object;
      record(run, [{ type: 'verified', at: deps.clock.now(), phone_id, attempt, size, etag }]);
    }
  }
  if (failed !== undefined) throw failed;
}
