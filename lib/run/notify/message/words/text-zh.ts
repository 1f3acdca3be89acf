import { inOneUnit, number } from '../../../../amounts.ts';
import type { RunOutcome } from '../../../../ledger/run/report.ts';
import { inLanguage } from '../../../../meanings/entry.ts';
import { runOutcome } from '../../../../meanings/outcomes.ts';
import type { DailySummary } from '../notification.ts';
import { freshShare, type LocalTime, type Wording } from './wording.ts';

const outcomes = {
  exported: '已导出',
  restored: '已恢复',
  failed: '失败',
  skipped: '跳过',
  timed_out: '超时',
  cancelled: '已取消',
};

const listed = (first: string[], count: number): string =>
  first.length === 0 ? '' : `：${first.join('、')}${count > first.length ? '……' : ''}`;

/** Notifications in Chinese. */
export const chinese: Wording = {
  comma: '，',
  listComma: '、',
  semicolon: '；',
  colon: '：',
  space: '',
  brackets: (text) => `（${text}）`,
  sentence: (phrase) => `${phrase.replace(/。$/, '')}。`,
  time: (time) =>
    `${chinese.dayAndClock(time)}${time.zone === 'Asia/Shanghai' ? '' : `（${time.zone}）`}`,
  dayAndClock: ({ clock, ...date }) => `${dateText(date)} ${clock}`,
  restore: '恢复',
  drill: '恢复演练',
  andMore: (count) => `及另外 ${number(count)} 台`,
  otherCauses: (causes, phones) => `另有 ${number(causes)} 种原因，共 ${number(phones)} 台`,
  unknownReason: '未知原因',
  next: '下一步：',
  details: '详情：',

  done: ({ exported, restored, selected }) =>
    `${number(selected)} 台中 ${number(restored ?? exported)} 台已${restored === undefined ? '备份' : '恢复'}`,
  noPhones: '没有选中云手机',
  nothingStarted: '尚未开始',
  ended: (outcome, count) => `${number(count)} 台${outcomes[outcome]}`,
  phonesThat: (count, says) => `${number(count)} 台${/^[\da-z]/i.test(says) ? ' ' : ''}${says}`,
  suspects: (count) => `${number(count)} 个归档异常偏小`,
  failedHooks: (count) => `${number(count)} 台钩子命令失败`,
  hookAdvice: ({ count, names, commands }) =>
    `${number(count)} 台云手机上策略的钩子命令失败${listed(names, count)}：${commands.map((command) => `\`${command}\``).join('、')}。请检查这些云手机上的应用是否在运行。`,
  checks: ({ leftovers, wrong_owners: wrong, unseen }) => [
    ...(leftovers === 0 ? [] : [`${number(leftovers)} 台有归档以外的文件`]),
    ...(wrong === 0 ? [] : [`${number(wrong)} 台有属主错误`]),
    ...(unseen === 0 ? [] : [`${number(unseen)} 台未能检查`]),
  ],
  checkAdvice: ({ leftovers, names, wrong_owners: wrong }) => [
    ...(leftovers === 0
      ? []
      : [
          `${number(leftovers)} 台云手机上仍有归档中没有的文件${listed(names, leftovers)}。\`--reset-first\` 可以清除。`,
        ]),
    ...(wrong === 0 ? [] : ['属主错误的应用无法读取数据：请重新安装后再恢复。']),
  ],
  suspectAdvice: ({ count, first }) =>
    `${number(count)} 个归档不到平时的一半${listed(first, count)}。最近的正常归档会保留。请检查这些云手机。`,
  notDeleted: (count) => `${number(count)} 个被取代的归档未能删除`,
  leftoverAdvice:
    '它们仍占用桶的存储空间，见报告中的 leftovers。请用 `phonevault doctor --write` 检查桶的权限、多版本和对象锁定，然后手动删除。',
  missingServers: (count) => `${number(count)} 台服务器不存在`,
  missingServerAdvice: ({ count, first }) =>
    `策略中有 ${number(count)} 台服务器不存在${listed(first, count)}。请从 select.servers 中删除，或删除其标签。`,
  notDone: (phrase) => `未能完成：${phrase}`,
  undone: (phrase) => `未能完成：${phrase}。`,
  slot: (time) => `计划时间：${time}`,
  started: (time) => `开始：${time}`,
  finished: (time, took) => `结束：${time}，用时 ${took}`,
  run: (id) => `运行：${id}`,
  report: (address) => `报告：${address}`,
  quote: (text) => `原文：${text}`,

  missed: ({ first, last, slots }) => {
    if (slots === 0) return `自 ${spaced(first)}起不再运行`;
    if (slots === 1) return `计划时间 ${spaced(last)}未运行`;
    return `${spaced(first)}至 ${spaced(last)}的 ${number(slots)} 个计划时间未运行`;
  },
  noFirstBackup: (count, since) =>
    `有 ${number(count)} 台新云手机没有首次备份，自 ${spaced(since)}起 24 小时内未就绪`,
  quarantined: '运行已隔离',
  ledger: '账本',
  archives: '归档',
  notReadable: ({ count, read }) => `已读取的 ${number(read)} 个中有 ${number(count)} 个无法使用`,
  heldUntil: (time) => `${spaced(time)}之前不会备份`,
  since: (time) => `自 ${spaced(time)}起`,
  object: (address) => `对象：${address}`,
  stale: '备份时效未达标',
  late: (phones, { max_age, since }) => {
    const recent =
      max_age === undefined ? `自 ${spaced(since)}起` : `在最近 ${inOneUnit(max_age, 'zh')}内`;
    return `${number(phones.counted)} 台中 ${number(phones.late + phones.never)} 台${recent}没有备份`;
  },
  share: (phones, objective) => `${freshShare(phones)} 有备份，目标 ${objective.phones}%`,
  forTime: (age) => `已持续 ${age}`,
  noGoodRun: (since) => `自 ${spaced(since)}起没有成功的全量运行`,
  lastBackup: (time) => (time === undefined ? '从未备份' : `最近一次备份 ${time}`),
  recovered: '已恢复正常',
  upToDate: '备份时效重新达标',
  staleSince: (time) => `此前自 ${spaced(time)}起未达标`,
  credentials: (since) => `自 ${spaced(since)}起凭证被拒绝`,
  nothingRuns: '在此期间不会备份',
  retention: '保留规则',
  tooManyDeletes: (due, standing) =>
    `未删除任何归档，${number(standing)} 个归档中有 ${number(due)} 个应删除，超过 max_delete`,
  keptByBucket: (count) => `桶拒绝删除 ${number(count)} 个过期归档`,
  lastGoodMissing: (count) =>
    `${number(count)} 台云手机最近的正常归档在桶中缺失或已改变，其较早的归档会保留`,
  notPruned: (reason) => `未删除任何归档，${reason}`,
  backupsGoOn: '备份照常进行。',
  summary: (date) => `${dateText(date)}每日报告`,
  summaryParts: ({ runs, stale, drills, invalid, unreadable, missed }) => {
    const parts = [
      ...(stale.length === 0 ? [] : [`${number(stale.length)} 个策略备份时效未达标`]),
      ...(drills.length === 0 ? [] : [`${number(drills.length)} 个策略的恢复演练失败或逾期`]),
      ...(invalid.length === 0 ? [] : [`${number(invalid.length)} 个策略无效`]),
      ...(unreadable.length === 0 ? [] : [`${number(unreadable.length)} 个对象无法读取`]),
      ...(missed === 0 ? [] : [`错过 ${number(missed)} 个计划时间`]),
      ...Object.entries(runs).flatMap(([outcome, count]) =>
        count === 0 ? [] : [`${outcomeText(outcome)} ${number(count)} 次`],
      ),
    ];
    return parts.length === 0 ? ['没有运行'] : parts;
  },
  summaryLines: (day, since, until) => [
    `${spaced(since)}至 ${until}`,
    `运行：${runsText(day)}`,
    `启用的策略：${number(day.active)}`,
    `错过的计划时间：${number(day.missed)}`,
    `备份时效未达标的策略：${day.stale.join('、') || '无'}`,
    `恢复演练失败或逾期的策略：${day.drills.join('、') || '无'}`,
    `无效的策略：${day.invalid.join('、') || '无'}`,
    `无法读取的对象：${day.unreadable.join('、') || '无'}`,
  ],
};

/** No space follows a full-width bracket. */
function spaced(time: string): string {
  return time.endsWith('）') ? time : `${time} `;
}

function dateText({ month, day }: Pick<LocalTime, 'month' | 'day'>): string {
  return `${Number(month)} 月 ${Number(day)} 日`;
}

const outcomeText = (outcome: string): string =>
  inLanguage(runOutcome[outcome as RunOutcome], 'zh').says;

function runsText({ runs, open }: DailySummary): string {
  const counts = Object.entries(runs).map(
    ([outcome, count]) => `${outcomeText(outcome)} ${number(count)}`,
  );
  return [...counts, `进行中 ${number(open)}`].join('，');
}
