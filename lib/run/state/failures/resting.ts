import { type ErrorCode, PhonevaultError } from '../../../errors.ts';
import type { Unreadable } from '../../../ledger/state/notified/unreadable.ts';
import { readOpenKey, readPolicyKey, runOfKey } from '../../../ledger/store/layout.ts';
import type { ObjectError } from '../../../ledger/store/object-error.ts';
import { policyOfRun } from '../../../policy/keys/run-id.ts';
import type { DriveDeps } from '../../deps.ts';
import { stopsDrive } from './stops-drive.ts';

const FIRST_PAUSE_MS = 20_000;
const PAUSE_GROWS = 3;
const MAX_PAUSE_MS = 30 * 60_000;
/** Before that a failure may be a short outage of the service. */
const ATTEMPTS_BEFORE_NOTICE = 3;
/** These stay so until somebody changes something. */
const LASTING: ReadonlySet<string> = new Set<ErrorCode>(['object_invalid', 'object_newer']);

type Register = Pick<DriveDeps, 'clock' | 'unreadable'>;

/** Returns whether the object of this key is left alone for now. */
export function isResting({ clock, unreadable }: Register, key: string): boolean {
  return clock.now() < (unreadable.objects.get(key)?.retry_at ?? 0);
}

/** Returns until when (epoch ms) a run is left alone, because one of its objects cannot be read; 0: not at all. */
export function restsUntil({ clock, unreadable }: Register, runId: string): number {
  const now = clock.now();
  const ends = [...unreadable.objects.values()]
    .filter(({ run_id, retry_at }) => run_id === runId && now < retry_at)
    .map(({ retry_at }) => retry_at);
  return Math.max(0, ...ends);
}

/**
 * Records that an object could not be read, and logs it. It rests for longer each time. Returns until when (epoch ms). `heldUntil`:
 * nothing is done before (epoch ms).
 */
export function noteUnreadable(
  deps: Register & Pick<DriveDeps, 'log'>,
  { key, code, message, hint }: Pick<ObjectError, 'key' | 'code' | 'message' | 'hint'>,
  heldUntil?: number,
): number {
  const run_id = runOf(key);
  const policy = run_id === undefined ? readPolicyKey(key) : policyOfRun(run_id);
  deps.log.error('object_unreadable', {
    ...{ key, run: run_id, policy, code },
    message: message.slice(0, 300),
  });
  const held = heldUntil === undefined ? {} : { held_until: heldUntil };
  return note(deps, key, { run_id, policy, code, message, hint, ...held });
}

/** Has people notified of a known object now: it has held up everything. */
export function needsNoticeNow({ unreadable }: Pick<Register, 'unreadable'>, key: string): void {
  const known = unreadable.objects.get(key);
  if (known === undefined) return;
  const attempts = Math.max(known.attempts, ATTEMPTS_BEFORE_NOTICE);
  unreadable.objects.set(key, { ...known, attempts });
}

/** Lets a known object rest until `retryAt` (epoch ms). */
export function restUntil({ unreadable }: Register, key: string, retryAt: number): void {
  const known = unreadable.objects.get(key);
  if (known !== undefined) unreadable.objects.set(key, { ...known, retry_at: retryAt });
}

/** Forgets that objects could not be used: they can be now, or are gone. */
export function noteUsable(
  { unreadable, log }: Pick<DriveDeps, 'unreadable' | 'log'>,
  isUsable: (key: string, entry: Unreadable) => boolean,
): void {
  for (const [key, entry] of [...unreadable.objects]) {
    if (!isUsable(key, entry)) continue;
    unreadable.objects.delete(key);
    unreadable.changed = true;
    log.info('object_usable', { key });
  }
}

/** Deletes objects of `open/` that were handled. One that cannot be deleted rests, and is never handled again. */
export async function removeHandled(
  deps: Register & Pick<DriveDeps, 'log' | 'store'>,
  keys: string[],
): Promise<void> {
  const refused = await refusedOf(deps, keys);
  for (const { key, code } of refused) {
    deps.log.error('object_undeletable', { key, code });
    note(deps, key, {
      run_id: runOf(key),
      code: 'object_undeletable',
      message: `${key} cannot be deleted: ${code}`,
      hint: "Grant the functions' agency obs:object:DeleteObject for it, or delete it in the console.",
      handled: true,
    });
  }
  const isGone = new Set(keys);
  for (const { key } of refused) isGone.delete(key);
  noteUsable(deps, (key) => isGone.has(key));
}

async function refusedOf({ store }: Pick<DriveDeps, 'store'>, keys: string[]) {
  try {
    return await store.remove(keys);
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    return keys.map((key) => ({ key, code: error.code }));
  }
}

/** Returns whether people have to be notified of an object that cannot be used. */
export function needsNotice({ code, attempts, notified_at }: Unreadable): boolean {
  if (notified_at !== undefined) return false;
  return attempts >= ATTEMPTS_BEFORE_NOTICE || LASTING.has(code);
}

function note(
  { clock, unreadable }: Register,
  key: string,
  facts: Omit<Unreadable, 'since' | 'attempts' | 'tried_at' | 'retry_at' | 'notified_at'>,
): number {
  const now = clock.now();
  const known = unreadable.objects.get(key);
  const attempts = (known?.attempts ?? 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * PAUSE_GROWS ** (attempts - 1), MAX_PAUSE_MS);
  const times = { attempts, tried_at: now, retry_at: now + pause };
  unreadable.objects.set(key, { since: now, ...known, ...facts, ...times });
  unreadable.changed = true;
  return times.retry_at;
}

/** Returns the run that an object belongs to. */
function runOf(key: string): string | undefined {
  const open = readOpenKey(key);
  if (open !== undefined) {
    return open.kind === 'hint' || open.kind === 'prune' ? undefined : open.id.split('.')[0];
  }
  return runOfKey(key) || undefined;
}
