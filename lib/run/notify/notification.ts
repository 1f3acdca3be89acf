import type { DailySummary } from './daily-summary.ts';
import type { Counts, ReportedPhone, RunOutcome } from '../../ledger/run/report.ts';

export type Language = 'en' | 'zh';

export type NotificationKind =
  'settled' | 'missed' | 'stale' | 'recovered' | 'credentials' | 'heartbeat';

/** What a notification tells. `failed` are the phones that were wanted and not exported. */
export type Notification = {
  kind: NotificationKind;
  run_id?: string | undefined;
  policy?: string | undefined;
  outcome?: RunOutcome | undefined;
  counts?: Counts | undefined;
  report?: { bucket: string; key: string } | undefined;
  reason?: string | undefined;
  /** The reason in a sentence. */
  message?: string | undefined;
  failed?: Pick<ReportedPhone, 'phone_id' | 'outcome' | 'reason' | 'code'>[] | undefined;
  /** Of a heartbeat. */
  day?: DailySummary | undefined;
  language?: Language | undefined;
};
