import { hasCode, withCleanup } from '../../../errors.ts';
import type { UnreadableLease } from '../../../ledger/lease/lease.ts';
import { readRegister } from '../../../ledger/state/notified/unreadable.ts';
import { isLeaseKey } from '../../../ledger/store/layout.ts';
import { isUnreadable, type ObjectError } from '../../../ledger/store/object-error.ts';
import type { DriveDeps, RunDeps } from '../../deps.ts';
import { needsNoticeNow, noteUnreadable, noteUsable } from '../../state/failures/resting.ts';
import { publishUnreadable, saveUnreadable } from './objects.ts';

const MINUTE = 60_000;

/**
 * Records whether the lease before this drive could be read. Leases that cannot be read one after the other are one object with one
 * message: at once when a holder was killed, else after the third, as for any object.
 */
export function noteLease(
  deps: Pick<DriveDeps, 'clock' | 'log' | 'unreadable'>,
  found: UnreadableLease | undefined,
): void {
  const { objects } = deps.unreadable;
  if (found === undefined) {
    noteUsable(deps, isLeaseKey);
    return;
  }
  const { error, isReleased, heldUntil, stopsAll } = found;
  for (const [key, entry] of [...objects].filter(([each]) => isLeaseKey(each))) {
    objects.delete(key);
    objects.set(error.key, entry);
  }
  const { key, code, hint } = error;
  const wait =
    heldUntil !== undefined
      ? `. No drive works before ${new Date(heldUntil).toISOString()}: the bucket may not list yet what its holder wrote`
      : stopsAll === true
        ? '. No drive works until it or its copy can be read'
        : '';
  noteUnreadable(deps, { key, code, hint, message: error.message + wait }, heldUntil);
  if (!isReleased) needsNoticeNow(deps, error.key);
}

/**
 * Notifies that no drive works until an unreadable lease ends or can be read. No drive holds it any more, so this one may write the register of
 * unreadable objects; all else needs the lease.
 */
export async function publishHeldUp(
  deps: RunDeps & Pick<DriveDeps, 'until'>,
  found: UnreadableLease,
): Promise<void> {
  const unreadable = { ...(await readRegister(deps.store)), changed: false };
  noteLease({ ...deps, unreadable }, found);
  // A drive that cannot read its own lease back keeps the next one waiting, which then says nothing.
  await publishUnreadable({ ...deps, unreadable }, found.stopsAll === true ? 2 * MINUTE : MINUTE);
}

/** Throws why no lease could be taken. Where the bucket does not take it, people are notified first: no drive works until it does. */
export function failWithoutLease(
  deps: RunDeps & Pick<DriveDeps, 'until'>,
  error: unknown,
): Promise<never> {
  const rethrow = async (): Promise<never> => {
    throw error;
  };
  return withCleanup(rethrow, async () => {
    if (isUnreadable(error)) await publishUnwritable(deps, error);
  });
}

/** A refusal is published at once. Anything else may be a short outage: it is, as for any object, after the third. */
async function publishUnwritable(
  deps: RunDeps & Pick<DriveDeps, 'until'>,
  { key, code, hint, message, cause }: ObjectError,
): Promise<void> {
  const unreadable = { ...(await readRegister(deps.store)), changed: false };
  const own = { ...deps, unreadable };
  noteUnreadable(own, { key, code, hint, message: `${message}. No drive works until it can be` });
  if (hasCode(cause, 'access_denied')) needsNoticeNow(own, key);
  await publishUnreadable(own);
  await saveUnreadable(own);
}
