import { PhonevaultError } from '../../../errors.ts';
import { readRegister, writeUnreadable } from '../../../ledger/state/notified/unreadable.ts';
import type { DriveDeps } from '../../deps.ts';
import { needsNotice } from '../../state/failures/resting.ts';
import { localeOf } from '../locale.ts';
import { publish } from '../publish.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Deps = Pick<
  DriveDeps,
  'clock' | 'until' | 'log' | 'store' | 'ledger' | 'topic' | 'topicUrn' | 'unreadable'
>;

/**
 * Publishes which objects of the ledger cannot be used, once each. When the topic fails, a later pass tries again. While it cannot
 * be stored what was published, or not read again, that is only in the first minute of an hour, or in the first `windowMs`.
 */
export async function publishUnreadable(deps: Deps, windowMs = MINUTE): Promise<void> {
  const { unreadable, clock, ledger } = deps;
  const due = [...unreadable.objects].filter(([, entry]) => needsNotice(entry));
  if (due.length === 0) return;
  if (!(await saveUnreadable(deps)) && clock.now() % HOUR >= windowMs) return;
  for (const [key, entry] of due) {
    if (clock.now() >= deps.until) break;
    const { run_id, policy, code, message, hint, since, held_until } = entry;
    const locale = await localeOf(deps.store, policy);
    const object = { bucket: ledger.bucket, key: ledger.prefix + key };
    const facts = { run_id, policy, code, message, hint, since, object, held_until };
    if (!(await publish(deps, { kind: 'unreadable', ...facts }, locale))) return;
    unreadable.objects.set(key, { ...entry, notified_at: clock.now() });
    unreadable.changed = true;
    deps.log.info('notified', { run: run_id, policy, kind: 'unreadable' });
  }
  await saveUnreadable(deps);
}

/**
 * Writes the objects that cannot be used, if they changed. What cannot be written is found out again. Returns whether all is
 * written, and the next drive can read it as far as is known.
 */
export async function saveUnreadable({
  unreadable,
  store,
  log,
}: Pick<Deps, 'unreadable' | 'store' | 'log'>): Promise<boolean> {
  if (!unreadable.changed) return true;
  try {
    await writeUnreadable(store, unreadable.objects);
    unreadable.changed = false;
    if (unreadable.isLost) unreadable.isLost = (await readRegister(store)).isLost;
    return !unreadable.isLost;
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    log.error('unreadable_not_written', { code: error.code, message: error.message });
    return false;
  }
}
