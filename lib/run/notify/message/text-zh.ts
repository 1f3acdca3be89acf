import type { Counts, RunOutcome } from '../../../ledger/run/report.ts';
import type { DailySummary } from './notification.ts';
import { ageOf, freshShare, type LocalTime, number, type Wording } from './wording.ts';

const units = { minute: '分钟', hour: '小时', day: '天' };

const runOutcomes = {
  completed: '全部完成',
  partial: '部分完成',
  failed: '失败',
  skipped: '无需执行',
  cancelled: '已取消',
};

/** Notifications in Chinese. */
export const chinese: Wording = {
  comma: '，',
  colon: '：',
  space: '',
  sentence: (phrase) => `${phrase}。`,
  because: (phrase, reason) => `${phrase}，原因：${reason}`,
  withCodes: (phrase, codes) => (codes.length === 0 ? phrase : `${phrase}（${codes.join('，')}）`),
  time: ({ clock, zone, ...date }) =>
    `${dateText(date)} ${clock}${zone === 'Asia/Shanghai' ? '' : `（${zone}）`}`,
  runOutcomes,
  phoneOutcomes: {
    exported: '已导出',
    restored: '已恢复',
    failed: '失败',
    skipped: '已跳过',
    timed_out: '超时',
    cancelled: '已取消',
  },
  reasons: {
    overlap: '上一次运行尚未结束',
    too_late: '未在 start_within 内开始',
    superseded: '改为运行更新的计划时间',
    policy_gone: '策略文件已删除',
    policy_invalid: '策略文件无效',
    bucket_missing: '桶不存在',
    access_denied: '没有权限',
    too_many_phones: '选中的云手机超过 max_phones',
    throttled: '请求被服务限流',
    service: '服务出错',
    unreachable: '无法连接服务',
    failed: '服务出错',
    object_newer: '有对象由更新的版本写入',
    object_invalid: '有对象无效',
    object_unreadable: 'OBS 无法返回对象',
    object_unwritable: 'OBS 拒绝写入对象',
    object_undeletable: 'OBS 无法删除对象',
    job_failed: '导出任务失败',
    refused: 'CPH 拒绝了请求',
    archive_missing: '归档不存在',
    archive_too_small: '归档为空',
    not_verified: '无法校验归档',
    response_lost: 'CPH 的响应丢失',
    not_found: 'CPH 未列出该云手机',
    not_in_policy: '策略未选中该云手机',
    export_timeout: '导出超时',
    deadline: '运行到达截止时间',
    cancelled: '运行已取消',
    restore_failed: '恢复任务失败',
    restore_timeout: '恢复超时',
    restart_failed: '云手机重启失败',
    restart_timeout: '云手机重启超时',
    reset_failed: '云手机重置失败',
    no_archive: '该云手机没有归档',
    archive_changed: '归档在校验之后发生了变化',
    archive_broken: '归档已损坏',
    archive_cold: '归档在冷存储类别中',
    thaw_refused: 'OBS 拒绝取回冷存储中的归档',
    not_thawed: '冷存储中的归档未在截止时间前取回',
    no_drill: '策略没有恢复演练',
    drill_target_selected: '策略选中了演练用的云手机',
    older_android: '云手机的 Android 版本低于归档',
    two_sources: '同一台云手机有两个待恢复的归档',
    safety_export_failed: '恢复前的导出失败',
    not_first: '本次只恢复前几台',
  },
  drill: (verdict, minutes) => {
    const words = verdict === 'passed' ? '恢复演练通过' : '恢复演练失败';
    return minutes === undefined ? words : `${words}，用时 ${number(minutes)} 分钟以内`;
  },
  exported: ({ exported, restored, selected }) =>
    `${number(selected)} 台中 ${number(restored ?? exported)} 台${restored === undefined ? '已导出' : '已恢复'}`,
  suspects: (count) => `${number(count)} 个归档明显偏小`,
  suspectAdvice: (count, first) =>
    `${number(count)} 个归档不到平常大小的一半${first.length === 0 ? '' : `：${first.join('，')}${count > first.length ? '……' : ''}`}。最近的正常归档会保留。请检查这些云手机，清单见报告中的 suspect。`,
  notDeleted: (count) => `${number(count)} 个被取代的归档未能删除`,
  leftoverAdvice:
    '它们仍在桶中并占用存储，清单见报告的 leftovers。请运行 phonevault doctor --write 检查桶的权限、多版本和 WORM 设置，然后手动删除。',
  missingServers: (count, first) =>
    `策略中有 ${number(count)} 台服务器不存在：${first.join('，')}${count > first.length ? '……' : ''}。请从 select.servers 中删除，或删除其标签。`,
  quarantined: '运行已隔离',
  unusable: '账本中有对象无法使用',
  notReadable: ({ count, read }) =>
    `已读取的 ${number(read)} 个归档中有 ${number(count)} 个无法使用`,
  missed: ({ first, last, slots }) => {
    if (slots === 0) return `自 ${spaced(first)}起不再运行`;
    if (slots === 1) return `计划时间 ${spaced(last)}未运行`;
    return `${spaced(first)}至 ${spaced(last)}的 ${number(slots)} 个计划时间未运行`;
  },
  noFirstBackup: (count, since) =>
    `${number(count)} 台云手机没有首次备份：自 ${spaced(since)}起 24 小时内未就绪`,
  stale: (phones, { max_age, since, phones: objective }) => {
    const { count, unit } = ageOf(max_age ?? 0);
    const recent =
      max_age === undefined ? `自 ${spaced(since)}起` : `在最近 ${count} ${units[unit]}内`;
    const late = `${number(phones.counted)} 台云手机中 ${number(phones.late + phones.never)} 台`;
    return `${late}${recent}没有备份（${freshShare(phones)} 有备份，目标 ${objective}%）`;
  },
  still: ({ count, unit }, phrase) => `备份时效未达标已持续 ${count} ${units[unit]}：${phrase}`,
  noGoodRun: (since) => `自 ${spaced(since)}起没有成功的全量运行`,
  recovered: '备份时效已恢复正常',
  tooManyDeletes: (due, standing) =>
    `未删除任何归档：${number(standing)} 个归档中有 ${number(due)} 个已过期，超过 max_delete`,
  keptByBucket: (count) => `桶拒绝删除 ${number(count)} 个过期归档`,
  lastGoodMissing: (count) =>
    `${number(count)} 台云手机最近的正常归档在桶中缺失或已改变：保留其较早的归档`,
  notPruned: '未删除过期归档',
  credentials: (since) => `自 ${spaced(since)}起凭证被拒绝`,
  advice: {
    stale: '请查看最近几次运行的报告。`phonevault status --phones` 列出这些云手机。',
    credentials: '请检查函数的委托。',
    prune:
      '备份照常进行。`phonevault prune --dry-run` 列出这些归档，`phonevault archives check` 列出缺失的归档。请修改策略的 `retention`、调高 `retention.max_delete`，或授予函数 obs:object:DeleteObject 权限。',
  },
  summary: (date) => `${dateText(date)}每日报告`,
  summaryParts: ({ runs, stale, drills, invalid, unreadable, missed }) => {
    const parts = [
      ...(stale.length === 0 ? [] : [`${number(stale.length)} 个策略长时间没有成功备份`]),
      ...(drills.length === 0 ? [] : [`${number(drills.length)} 个策略的恢复演练失败或逾期`]),
      ...(invalid.length === 0 ? [] : [`${number(invalid.length)} 个策略无效`]),
      ...(unreadable.length === 0 ? [] : [`${number(unreadable.length)} 个对象无法读取`]),
      ...(missed === 0 ? [] : [`错过 ${number(missed)} 个计划时间`]),
      ...Object.entries(runs).flatMap(([outcome, count]) =>
        count === 0 ? [] : [`${runOutcomes[outcome as RunOutcome]} ${number(count)} 次`],
      ),
    ];
    return parts.length === 0 ? ['没有运行'] : parts;
  },
  summaryLines: (day, since, until) => [
    `每日报告：${spaced(since)}至 ${until}`,
    `运行：${runsText(day)}`,
    `启用的策略：${number(day.active)}`,
    `错过的计划时间：${number(day.missed)}`,
    `长时间没有成功备份的策略：${day.stale.join('、') || '无'}`,
    `恢复演练失败或逾期的策略：${day.drills.join('、') || '无'}`,
    `无效的策略：${day.invalid.join('、') || '无'}`,
    `无法读取的对象：${day.unreadable.join('、') || '无'}`,
  ],
  policy: (name) => `策略：${name}`,
  run: (id) => `运行：${id}`,
  result: (outcome) => `结果：${runOutcomes[outcome]}`,
  reason: (phrase) => `原因：${phrase}`,
  phones: (counts) => `云手机：${countsText(counts)}`,
  report: (address) => `报告：${address}`,
  notExported: '未导出：',
  notRestored: '未恢复：',
  more: (count) => `……另有 ${number(count)} 台，详见报告`,
  noRecentBackup: '没有近期备份：',
  lastBackup: (time) => (time === undefined ? '从未备份' : `最近一次备份 ${time}`),
  moreLate: (count) => `……另有 ${number(count)} 台`,
};

/** No space follows a full-width bracket. */
function spaced(time: string): string {
  return time.endsWith('）') ? time : `${time} `;
}

function dateText({ month, day }: Pick<LocalTime, 'month' | 'day'>): string {
  return `${Number(month)} 月 ${Number(day)} 日`;
}

function countsText({
  selected,
  failed,
  skipped,
  timed_out,
  cancelled,
  ...counts
}: Counts): string {
  const { exported, restored } = counts;
  const done = restored === undefined ? `已导出 ${number(exported)}` : `已恢复 ${number(restored)}`;
  return [
    `共 ${number(selected)} 台，${done}，失败 ${number(failed)}`,
    `已跳过 ${number(skipped)}，超时 ${number(timed_out)}，已取消 ${number(cancelled)}`,
  ].join('，');
}

function runsText({ runs, open }: DailySummary): string {
  const outcomes = Object.entries(runs).map(
    ([outcome, count]) => `${runOutcomes[outcome as RunOutcome]} ${number(count)}`,
  );
  return [...outcomes, `进行中 ${number(open)}`].join('，');
}
