import type { DriveDeps } from '../deps.ts';
import { reconcile } from '../first-backup/reconcile.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { readInbox, takeInbox } from './inbox/take-inbox.ts';
import type { Work } from './work.ts';

const EVERY_MS = 30_000;
/** Looking up phones is split, so that other work continues. */
const SLICE_MS = 10_000;

/** Requests the first backups that hints about new phones lead to, and adds these runs to the work. */
export async function requestFirstBackupsDue(deps: DriveDeps, work: Work): Promise<void> {
  const now = deps.clock.now();
  // A run that is not read yet may back up the same phones.
  if (
    work.unread.size > 0 ||
    work.phoneHints.length === 0 ||
    now < work.nextAt.firstBackups ||
    now >= deps.until
  )
    return;
  work.nextAt.firstBackups = now + EVERY_MS;
  await containFailure(deps, async () => {
    const { firstBackups, phoneHints } = work;
    const requested = await reconcile(deps, firstBackups, phoneHints, {
      runs: [...work.runs.values()],
      until: Math.min(deps.until, now + SLICE_MS),
      stillHeld: deps.stillHeld,
    });
    if (requested > 0) await takeInbox(deps, work, await readInbox(deps));
  });
}
