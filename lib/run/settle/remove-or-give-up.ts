import pLimit from 'p-limit';
import type { RefusedDelete } from '../../cloud/obs/remove.ts';
import { PhonevaultError, ServiceError } from '../../errors.ts';
import type { EventOf } from '../../ledger/run/events.ts';
import type { RunState } from '../../ledger/run/run-state.ts';
import type { DriveDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';

type Intent = EventOf<'delete_intent'>;

/** Deletions that fail as a whole are given up after so many steps, or so long after they were first intended. */
const MAX_FAILURES = 3;
const GIVE_UP_AFTER_MS = 10 * 60_000;
const HEADS_AT_ONCE = 8;

/** Deletes archives. Returns the keys that stay, with the code that says why. Throws what the call failed with while a later step may still delete them. */
export async function removeOrGiveUp(
  deps: DriveDeps,
  run: OpenRun,
  intents: Intent[],
): Promise<RefusedDelete[]> {
  const bucket = run.plan?.terms?.bucket ?? '';
  const keys = intents.map(({ key }) => key);
  try {
    const { refused, versioning } = await deps.archives.purge(bucket, keys);
    const { policy } = run.request;
    if (versioning === 'unknown') {
      deps.log.warn('versioning_unknown', { run: run.runId, policy, bucket });
    }
    return refused;
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const { code, message } = error;
    const at = deps.clock.now();
    // A drive that ran out of time says nothing about the bucket.
    const isOutOfTime = code === 'time_up';
    if (!isOutOfTime) {
      record(run, [{ type: 'delete_failed', at, code, message: message.slice(0, 200) }]);
    }
    const mayPass = error.retryable || isOutOfTime;
    if (mayPass && !isGivenUp(run.state, intents, at)) throw error;
    const kept = await stillThere(deps, bucket, keys);
    return kept.map((key) => ({ key, code: serviceCodeOf(error) }));
  }
}

function isGivenUp({ deleteFailures }: RunState, intents: Intent[], now: number): boolean {
  const since = intents.reduce((first, { at }) => Math.min(first, at), now);
  return deleteFailures.length >= MAX_FAILURES || now - since >= GIVE_UP_AFTER_MS;
}

/** Returns the keys that exist, or may: a failed call may have deleted some. Looks up no more after a failed lookup. */
async function stillThere(deps: DriveDeps, bucket: string, keys: string[]): Promise<string[]> {
  const limit = pLimit(HEADS_AT_ONCE);
  let hasFailed = false;
  const isThere = async (key: string): Promise<boolean> => {
    if (hasFailed) return true;
    try {
      return (await deps.archives.head(bucket, key)) !== undefined;
    } catch (error) {
      if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
      return (hasFailed = true);
    }
  };
  const there = await Promise.all(keys.map((key) => limit(() => isThere(key))));
  return keys.filter((_, index) => there[index]);
}

function serviceCodeOf(error: PhonevaultError): string {
  return (error instanceof ServiceError ? error.serviceCode : undefined) ?? error.code;
}
