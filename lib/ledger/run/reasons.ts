/**
 * The words that say why something ended as it did. A word here needs its meaning in lib/meanings. Words are only ever added:
 * ledgers of newer versions may hold others.
 */

/** Why a phone has its outcome. The state of a phone may be the reason as well. */
export const phoneReasons = [
  ...(['job_failed', 'refused', 'response_lost', 'not_found', 'not_in_policy'] as const),
  ...(['archive_missing', 'archive_too_small', 'not_verified', 'superseded'] as const),
  ...(['export_timeout', 'deadline', 'cancelled', 'hook_failed'] as const),
  // Of a restore.
  ...(['restore_failed', 'restore_timeout', 'restart_failed', 'restart_timeout'] as const),
  ...(['reset_failed', 'no_archive', 'archive_changed', 'archive_cold', 'older_android'] as const),
  ...(['two_sources', 'safety_export_failed', 'not_first'] as const),
  ...(['thaw_refused', 'not_thawed', 'check_failed'] as const),
] as const;
export type PhoneReason = (typeof phoneReasons)[number];

/** Why a run ended before it started, beside error codes. */
export const runReasons = [
  ...(['policy_gone', 'too_many_phones', 'run_not_found', 'time_invalid'] as const),
  // Of a drill.
  ...(['no_drill', 'drill_target_selected'] as const),
] as const;
export type RunReason = (typeof runReasons)[number];

/** Why a settled run was not notified. */
export const silences = ['no_problem', 'no_change', 'part_of_restore', 'topic_failed'] as const;
export type Silence = (typeof silences)[number];

/** What may be left undone when a run settles. */
export const settleSteps = [
  ...(['find_archives', 'find_failed_archives', 'confirm_archives', 'delete_archives'] as const),
  ...(['orphaned_jobs', 'suspects', 'report', 'report_pages', 'index_archives'] as const),
  ...(['totals'] as const),
  ...(['history', 'index_run', 'freshness', 'recovered', 'first_backups'] as const),
  ...(['retention', 'cancel_exports', 'note_orphans', 'write_log', 'index_reads'] as const),
  'drill',
] as const;
export type SettleStep = (typeof settleSteps)[number];

/** Rights that the bucket of the archives does not grant to a run. */
export const missingRights = [
  ...(['head_archives', 'list_archives', 'read_archives', 'thaw_archives'] as const),
] as const;
export type MissingRight = (typeof missingRights)[number];
