import type { DailySummary } from './daily-summary.ts';
import type { Counts, ReportedPhone, RunOutcome } from '../../ledger/run/report.ts';
import type { Language, Notification, NotificationKind } from './notification.ts';

type Failed = Pick<ReportedPhone, 'phone_id' | 'outcome' | 'reason' | 'code'>;

type Words = {
  subject(notification: Notification): string;
  sms(notification: Notification): string;
  text(notification: Notification, failed: Failed[], failedInAll: number): string;
  /** In a sentence: no run has completed since that time (ISO 8601). */
  stale(since: string): string;
  recovered: string;
};

const kindsEn: Record<NotificationKind, string> = {
  settled: 'settled',
  missed: 'missed a slot',
  stale: 'has no recent backup',
  recovered: 'recovered',
  credentials: 'cannot sign in',
  heartbeat: 'heartbeat',
};

const kindsZh: Record<NotificationKind, string> = {
  settled: '已结束',
  missed: '错过计划时间',
  stale: '长时间没有成功备份',
  recovered: '已恢复',
  credentials: '凭证被拒绝',
  heartbeat: '每日报告',
};

const outcomesZh = {
  completed: '全部完成',
  partial: '部分完成',
  failed: '失败',
  skipped: '无需执行',
  cancelled: '已取消',
} as const;

/** The wording of notifications, by language. */
export const words: Record<Language, Words> = {
  en: {
    stale: (since) =>
      `No run of all its phones has completed since ${since}, and two slots or more have passed.`,
    recovered: 'A run completed: the backups are as recent as the schedule promises again.',
    subject: (notification) => {
      const quarantineRun = notification.kind === 'missed' && notification.run_id !== undefined;
      const what = quarantineRun
        ? 'has a run quarantined'
        : (notification.outcome ?? kindsEn[notification.kind]);
      return `[Phonevault] ${notification.policy ?? 'all policies'} ${what}${told(notification, ': ', briefEn, dayEn)}`;
    },
    sms: (notification) =>
      `Phonevault ${notification.policy ?? ''} ${notification.outcome ?? kindsEn[notification.kind]}${notification.counts ? `, ${briefEn(notification.counts)}` : ''}${notification.reason ? `, ${notification.reason}` : ''}${notification.day ? `, ${dayEn(notification.day)}` : ''}`,
    text: (notification, failed, inAll) =>
      [
        notification.policy === undefined ? undefined : `Policy: ${notification.policy}`,
        notification.run_id === undefined ? undefined : `Run: ${notification.run_id}`,
        `News: ${notification.outcome === undefined ? kindsEn[notification.kind] : `${kindsEn[notification.kind]}, ${notification.outcome}`}`,
        notification.reason === undefined ? undefined : `Reason: ${notification.reason}`,
        notification.message,
        ...(notification.day === undefined ? [] : dayLinesEn(notification.day)),
        notification.counts === undefined ? undefined : `Phones: ${longEn(notification.counts)}`,
        notification.report === undefined
          ? undefined
          : `Report: obs://${notification.report.bucket}/${notification.report.key}`,
        ...listed(failed, inAll, 'Not exported:', (rest) => `... and ${rest} more: see the report`),
      ]
        .filter((line) => line !== undefined)
        .join('\n'),
  },
  zh: {
    stale: (since) => `自 ${since} 起没有一次全量运行全部完成，已经过了至少两个计划时间。`,
    recovered: '有一次运行全部完成：备份恢复到计划要求的新旧程度。',
    subject: (notification) => {
      const quarantineRun = notification.kind === 'missed' && notification.run_id !== undefined;
      const said =
        notification.outcome === undefined
          ? kindsZh[notification.kind]
          : outcomesZh[notification.outcome];
      const what = quarantineRun ? '有任务被搁置' : said;
      return `[Phonevault] ${notification.policy ?? '所有策略'} ${what}${told(notification, '：', briefZh, dayZh)}`;
    },
    sms: (notification) =>
      `Phonevault ${notification.policy ?? ''} ${notification.outcome === undefined ? kindsZh[notification.kind] : outcomesZh[notification.outcome]}${notification.counts ? `，${briefZh(notification.counts)}` : ''}${notification.reason ? `，${notification.reason}` : ''}${notification.day ? `，${dayZh(notification.day)}` : ''}`,
    text: (notification, failed, inAll) =>
      [
        notification.policy === undefined ? undefined : `策略：${notification.policy}`,
        notification.run_id === undefined ? undefined : `任务：${notification.run_id}`,
        `结果：${notification.outcome === undefined ? kindsZh[notification.kind] : outcomesZh[notification.outcome]}`,
        notification.reason === undefined ? undefined : `原因：${notification.reason}`,
        notification.message,
        ...(notification.day === undefined ? [] : dayLinesZh(notification.day)),
        notification.counts === undefined ? undefined : `云手机：${longZh(notification.counts)}`,
        notification.report === undefined
          ? undefined
          : `报告：obs://${notification.report.bucket}/${notification.report.key}`,
        ...listed(failed, inAll, '未导出：', (rest) => `……另有 ${rest} 台，详见报告`),
      ]
        .filter((line) => line !== undefined)
        .join('\n'),
  },
};

/** The reason, where the run never began, else the figures. */
function told(
  notification: Notification,
  colon: string,
  brief: (counts: Counts) => string,
  ofDay: (day: DailySummary) => string,
): string {
  if (notification.day !== undefined) return `${colon}${ofDay(notification.day)}`;
  if (notification.reason !== undefined) return `${colon}${notification.reason}`;
  return notification.counts === undefined ? '' : `${colon}${brief(notification.counts)}`;
}

/** What needs a look comes first; what is none is left out. */
function dayEn({ runs, stale, invalid, missed }: DailySummary): string {
  const parts = [
    ...(stale.length === 0 ? [] : [`${stale.length} stale`]),
    ...(invalid.length === 0 ? [] : [`${invalid.length} invalid`]),
    ...(missed === 0 ? [] : [`${missed} missed`]),
    ...Object.entries(runs).flatMap(([outcome, count]) =>
      count === 0 ? [] : [`${count} ${outcome}`],
    ),
  ];
  return parts.length === 0 ? 'no runs' : parts.join(', ');
}

function dayLinesEn({
  since,
  until,
  runs,
  open,
  active,
  missed,
  stale,
  invalid,
}: DailySummary): string[] {
  const { completed, partial, failed, skipped, cancelled } = runs;
  return [
    `From ${since} to ${until}`,
    `Runs: ${completed} completed, ${partial} partial, ${failed} failed, ${skipped} skipped, ${cancelled} cancelled; ${open} open`,
    `Active policies: ${active}`,
    `Missed slots: ${missed}`,
    `Stale policies: ${stale.join(', ') || 'none'}`,
    `Invalid policies: ${invalid.join(', ') || 'none'}`,
  ];
}

function dayZh({ runs, stale, invalid, missed }: DailySummary): string {
  const parts = [
    ...(stale.length === 0 ? [] : [`${stale.length} 个策略长时间没有成功备份`]),
    ...(invalid.length === 0 ? [] : [`${invalid.length} 个策略有错误`]),
    ...(missed === 0 ? [] : [`错过 ${missed} 次`]),
    ...Object.entries(runs).flatMap(([outcome, count]) =>
      count === 0 ? [] : [`${outcomesZh[outcome as RunOutcome]} ${count}`],
    ),
  ];
  return parts.length === 0 ? '没有运行' : parts.join('，');
}

function dayLinesZh({
  since,
  until,
  runs,
  open,
  active,
  missed,
  stale,
  invalid,
}: DailySummary): string[] {
  const { completed, partial, failed, skipped, cancelled } = runs;
  return [
    `从 ${since} 到 ${until}`,
    `运行：全部完成 ${completed}，部分完成 ${partial}，失败 ${failed}，无需执行 ${skipped}，已取消 ${cancelled}；进行中 ${open}`,
    `启用的策略：${active}`,
    `错过的计划时间：${missed}`,
    `长时间没有成功备份的策略：${stale.join('、') || '无'}`,
    `有错误的策略：${invalid.join('、') || '无'}`,
  ];
}

function briefEn(counts: Counts): string {
  return `${counts.exported} of ${counts.selected} phones exported`;
}

function longEn({ selected, exported, failed, skipped, timed_out, cancelled }: Counts): string {
  return `${selected} selected, ${exported} exported, ${failed} failed, ${skipped} skipped, ${timed_out} timed out, ${cancelled} cancelled`;
}

function briefZh(counts: Counts): string {
  return `${counts.selected} 台中 ${counts.exported} 台已导出`;
}

function longZh({ selected, exported, failed, skipped, timed_out, cancelled }: Counts): string {
  return `共 ${selected} 台，已导出 ${exported}，失败 ${failed}，跳过 ${skipped}，超时 ${timed_out}，取消 ${cancelled}`;
}

function listed(
  failed: Failed[],
  inAll: number,
  title: string,
  more: (rest: number) => string,
): string[] {
  if (failed.length === 0) return [];
  const lines = failed.map(({ phone_id, outcome, reason, code }) =>
    ['-', phone_id, outcome, reason, code].filter((word) => word !== undefined).join(' '),
  );
  return [title, ...lines, ...(inAll > failed.length ? [more(inAll - failed.length)] : [])];
}
