import { PhonevaultError } from '../../errors.ts';
import { writeUnreadable } from '../../ledger/state/unreadable.ts';
import type { DriveDeps } from '../deps.ts';
import { needsNotice } from '../state/failures/resting.ts';
import { localeOf, publish } from './publish.ts';

/** Publishes which objects of the ledger cannot be used, once each. When the topic fails, a later pass tries again. */
export async function publishUnreadable(deps: DriveDeps): Promise<void> {
  const { unreadable, clock, ledger } = deps;
  const due = [...unreadable.objects].filter(([, entry]) => needsNotice(entry));
  for (const [key, entry] of due) {
    if (clock.now() >= deps.until) break;
    const { run_id, policy, code, message, hint, since } = entry;
    const locale = policy === undefined ? undefined : await localeOf(deps.store, policy);
    const object = { bucket: ledger.bucket, key: ledger.prefix + key };
    const facts = { run_id, policy, code, message, hint, since, object };
    if (!(await publish(deps, { kind: 'unreadable', ...facts }, locale))) return;
    unreadable.objects.set(key, { ...entry, notified_at: clock.now() });
    unreadable.changed = true;
    deps.log.info('notified', { run: run_id, policy, kind: 'unreadable' });
  }
  if (due.length > 0) await saveUnreadable(deps);
}

/** Writes the objects that cannot be used, if they changed. What cannot be written is found out again. */
export async function saveUnreadable({ unreadable, store, log }: DriveDeps): Promise<void> {
  if (!unreadable.changed) return;
  try {
    await writeUnreadable(store, unreadable.objects);
    unreadable.changed = false;
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    log.warn('unreadable_not_written', { code: error.code, message: error.message });
  }
}
