import { PhonevaultError } from '../../errors.ts';
import { readHistory } from '../../ledger/state/history.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Terms } from '../../ledger/run/plan.ts';
import type { Report, RunOutcome } from '../../ledger/run/report.ts';
import type { RunDeps } from '../deps.ts';
import { localeOfRun } from './locale.ts';
import { composeMessage } from './message/compose.ts';
import { settledNotification } from './message/settled.ts';
import { type OpenRun, record } from '../state/open-run.ts';

const MINUTE = 60_000;
const FIRST_PAUSE_MS = MINUTE;
const MAX_PAUSE_MS = 60 * MINUTE;
const GIVE_UP_AFTER_MS = 24 * 60 * MINUTE;

/** Returns when the next attempt to publish is due (epoch ms); undefined when the run is notified or given up. */
export function notifyDue(run: OpenRun, now: number): number | undefined {
  if (run.report === undefined || run.state.notified !== undefined) return undefined;
  const failures = run.state.notifyFailures;
  const last = failures.at(-1);
  if (last === undefined) return now;
  return last.at + Math.min(FIRST_PAUSE_MS * 2 ** (failures.length - 1), MAX_PAUSE_MS);
}

/**
 * Publishes the outcome of a settled run as `notify.when` says, and records it. When the topic fails, later drives try again
 * for a day. The run does not change.
 */
export async function notifyRun(deps: RunDeps, run: OpenRun): Promise<void> {
  const { report } = run;
  if (report === undefined) return;
  const at = deps.clock.now();
  const terms = run.plan?.terms;
  const skipped = await skipReason(deps, report, terms?.notify.when ?? 'always');
  if (skipped !== undefined) {
    record(run, [{ type: 'notified', at, skipped }]);
    deps.log.info('not_notified', { run: run.runId, policy: report.policy, reason: skipped });
    return;
  }
  try {
    const notification = await settledNotification(deps, run, report);
    const locale = await localeOfRun(deps.store, run);
    const message = composeMessage(notification, locale);
    const { message_id } = await deps.topic.publish(deps.topicUrn, message);
    record(run, [{ type: 'notified', at, message_id }]);
    const { policy, outcome } = report;
    deps.log.info('notified', { run: run.runId, policy, kind: kindOf(report), outcome });
  } catch (error) {
    if (!(error instanceof PhonevaultError) || isUnreadable(error)) throw error;
    record(run, [
      { type: 'notify_failed', at, code: error.code, message: error.message.slice(0, 200) },
    ]);
    const { policy } = report;
    const kind = kindOf(report);
    const { code, message } = error;
    deps.log.error('notify_failed', { run: run.runId, policy, kind, code, message });
    const since = run.state.notifyFailures[0]?.at ?? at;
    if (at - since > GIVE_UP_AFTER_MS) {
      record(run, [{ type: 'notified', at, skipped: 'topic_failed' }]);
    }
  }
}

const kindOf = ({ kind, drill }: Report): 'settled' | 'restore' | 'drill' =>
  drill === undefined ? (kind ?? 'settled') : 'drill';

async function skipReason(
  deps: RunDeps,
  report: Report,
  when: Terms['notify']['when'],
): Promise<string | undefined> {
  // The restore that it belongs to notifies.
  if (when === 'never') return 'part_of_restore';
  // A run may complete although its archives have lost most of their content, or an app was not started again.
  if (report.suspects !== undefined || report.failed_hooks !== undefined) return undefined;
  if (when === 'problems' && report.outcome === 'completed') return 'no_problem';
  if (when !== 'change') return undefined;
  const before = await outcomeBefore(deps, report);
  return before === report.outcome ? 'no_change' : undefined;
}

async function outcomeBefore(deps: RunDeps, report: Report): Promise<RunOutcome | undefined> {
  const history = await readHistory(deps.store, report.policy);
  if (history === undefined) return undefined;
  return history.last.run_id === report.run_id ? history.before?.outcome : history.last.outcome;
}
