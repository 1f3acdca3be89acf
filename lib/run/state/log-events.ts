import type { EventOf, RunEvent } from '../../ledger/run/events.ts';
import { FIRST_HOOK } from '../../ledger/run/run-state.ts';
import type { Report, ReportedPhone } from '../../ledger/run/report.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from './stored-run.ts';

/** Writes events of a run to the function's log, after the ledger has them. */
export function logEvents(
  log: RunDeps['log'],
  { runId, request }: Pick<StoredRun, 'runId' | 'request'>,
  events: readonly RunEvent[],
): void {
  const own = { run: runId, policy: request.policy };
  for (const event of events) logEvent(log, own, event);
  const countOf = (type: RunEvent['type']) => events.filter((event) => event.type === type).length;
  const verified = countOf('verified');
  const isExport = ({ attempt }: EventOf<'accepted'>): boolean =>
    request.kind !== 'restore' && attempt < FIRST_HOOK;
  const accepted = events.filter((event) => event.type === 'accepted');
  const exports = accepted.filter(isExport).length;
  const others = accepted.length - exports;
  if (exports > 0) log.info('exports_accepted', { ...own, phones: exports });
  if (others > 0) log.info('jobs_accepted', { ...own, phones: others });
  if (verified > 0) log.info('archives_verified', { ...own, phones: verified });
}

function logEvent(
  log: RunDeps['log'],
  own: { run: string; policy: string },
  event: RunEvent,
): void {
  switch (event.type) {
    case 'intent':
      log.info('window_opened', { ...own, window: event.window, phones: event.attempts.length });
      for (const { phone_id: phone, attempt: number, call } of event.attempts) {
        if (call === undefined && number > 1) {
          log.info('export_retried', { ...own, phone, attempt: number });
        }
      }
      return;
    case 'unsent':
      log.info('window_unsent', { ...own, window: event.window, phones: event.attempts.length });
      return;
    case 'refused':
      if (event.attempt >= FIRST_HOOK) {
        log.warn('command_refused', { ...own, ...attemptOf(event), code: event.code });
      } else log.warn('export_refused', { ...own, ...attemptOf(event), code: event.code });
      return;
    case 'outcome_unknown':
      log.warn('response_lost', { ...own, ...attemptOf(event) });
      return;
    case 'ended':
      if (event.result === 'failed') {
        log.warn('job_failed', { ...own, ...attemptOf(event), code: event.code });
      }
      if (event.result === 'lost') log.warn('job_lost', { ...own, ...attemptOf(event) });
      return;
    case 'absent':
      log.warn('archive_absent', { ...own, ...attemptOf(event) });
      return;
    case 'archive_rejected':
      log.warn('archive_rejected', { ...own, ...attemptOf(event), code: event.reason });
      return;
    case 'read':
      if (event.result === 'ok') log.info('archive_read', { ...own, ...attemptOf(event) });
      else log.warn('archive_unreadable', { ...own, ...attemptOf(event), code: event.result });
      return;
    case 'outage_started':
      log.warn('outage_started', { ...own, to: event.to });
      return;
    case 'outage_ended':
      log.info('outage_ended', { ...own, to: event.to });
      return;
    case 'cancel_seen':
      log.info('cancel_seen', own);
      return;
    case 'superseded_deleted':
      log.info('superseded_deleted', {
        ...own,
        phone: event.phone_id,
        attempt: event.attempt,
        key: event.key,
      });
      return;
    case 'not_done':
      if (event.final === true) {
        const { step, code, message } = event;
        log.warn('not_done', { ...own, step, code, message });
      }
      return;
    case 'delete_refused':
      log.warn('delete_refused', { ...own, key: event.key, code: event.code });
      return;
    default:
      return;
  }
}

const attemptOf = (event: { phone_id: string; attempt: number }) => ({
  phone: event.phone_id,
  attempt: event.attempt,
});

const MAX_LOGGED_PHONES = 100;

/** Logs that a run settled, and the first 100 phones that were not exported. The report lists all of them. */
export function logSettled(
  log: RunDeps['log'],
  { run_id: run, kind, policy, outcome, counts }: Report,
  phones: readonly ReportedPhone[],
): void {
  const others = phones
    .filter(({ outcome }) => outcome !== 'exported' && outcome !== 'restored')
    .slice(0, MAX_LOGGED_PHONES);
  for (const { phone_id: phone, outcome: end, reason, code } of others) {
    const fields = { run, policy, phone, outcome: end, reason, code };
    if (kind === 'restore') log.info('not_restored', fields);
    else log.info('not_exported', fields);
  }
  log.info('settled', { run, policy, outcome, ...counts });
}
