import type { MissedReason } from '../ledger/hints/missed-slots.ts';
import type { MissingRight, RunReason, SettleStep, Silence } from '../ledger/run/reasons.ts';
import type { Entry, Words } from './entry.ts';

const SCHEDULE_LOG: Words = [
  'Find out why the functions did not run: read the log of schedule.',
  '请查明函数为何没有运行：查看 schedule 的日志。',
];

/** Why a run ended before it started. Error codes are other reasons. */
export const runReason = {
  policy_gone: {
    says: ['the policy file was deleted', '策略文件已删除'],
    more: ['It was deleted between request and plan.', '在请求和计划之间被删除。'],
    fix: ['Do nothing, or upload the file again.', '无需处理，或重新上传。'],
  },
  too_many_phones: {
    says: ['the policy selects more than max_phones', '选中的云手机超过 max_phones'],
    fix: [
      'Narrow `select`, or raise `select.max_phones`.',
      '请缩小 `select` 的范围，或调大 `select.max_phones`。',
    ],
  },
  run_not_found: {
    says: ['the run to restore from does not exist', '要恢复的运行不存在'],
    fix: ['`phonevault runs` lists the runs.', '`phonevault runs` 列出运行。'],
  },
  no_drill: {
    says: ['the policy has no drill', '策略没有恢复演练'],
    fix: ['Add `drill` to the policy.', '请在策略中添加 `drill`。'],
  },
  drill_target_selected: {
    says: [
      'the policy selects a scratch phone of its drill: nothing was restored',
      '策略选中了演练用的云手机，未恢复任何数据',
    ],
    fix: [
      'Add the phone to `select.exclude.phones`, or name another in `drill.target`.',
      '请将该云手机加入 `select.exclude.phones`，或在 `drill.target` 中换一台。',
    ],
  },
  time_invalid: {
    says: ['the time to restore from is invalid', '要恢复的时间无效'],
    fix: ['Write the time as 2026-01-02T02:30:00+08:00.', '时间请写作 2026-01-02T02:30:00+08:00。'],
  },
} satisfies Record<RunReason, Entry>;

/** Why slots did not run. */
export const missed = {
  overlap: {
    says: ['the previous run was still open', '上一次运行尚未结束'],
    fix: ['Check `deadline`, or run less often.', '请检查 `deadline`，或降低频率。'],
  },
  too_late: {
    says: ['it was not started within start_within', '未在 start_within 内开始'],
    fix: SCHEDULE_LOG,
  },
  superseded: { says: ['a newer slot ran instead', '改为运行更新的计划时间'], fix: SCHEDULE_LOG },
  policy_invalid: {
    says: ['the policy file is invalid', '策略文件无效'],
    more: ['An edit broke it: the policy does not run.', '修改使其无效：该策略不再运行。'],
    fix: ['`phonevault validate` names the errors.', '`phonevault validate` 会指出错误。'],
  },
  phones_not_ready: {
    says: ['new phones were not ready within a day', '新云手机一天内未就绪'],
    fix: ['The schedule covers them once they run.', '它们运行之后由计划运行备份。'],
  },
} satisfies Record<MissedReason, Entry>;

/** Why a settled run was not notified. */
export const silence = {
  no_problem: { says: ['notify.when is problems', 'notify.when 为 problems'] },
  no_change: { says: ['the outcome is that of the run before', '结果与上一次运行相同'] },
  part_of_restore: { says: ['the restore that it belongs to notifies', '由其所属的恢复发送通知'] },
  topic_failed: {
    says: ['the topic failed for a day', '主题一天内都无法使用'],
    fix: ['`phonevault doctor` checks the topic.', '`phonevault doctor` 会检查主题。'],
  },
} satisfies Record<Silence, Entry>;

/** What a run could not do. */
export const undone = {
  head_archives: {
    says: [
      'the bucket refuses HEAD: archives count as it lists them',
      '桶拒绝 HEAD：按列表认定归档',
    ],
  },
  list_archives: {
    says: [
      'the bucket refuses LIST: each archive is looked up by HEAD',
      '桶拒绝 LIST：逐个用 HEAD 查询归档',
    ],
  },
  read_archives: {
    says: [
      'the bucket refuses GET: the archive of a lost response is not known to be whole',
      '桶拒绝 GET：响应丢失的归档无法确认完整',
    ],
  },
  thaw_archives: {
    says: ['the bucket refuses to make cold archives readable', '桶拒绝取回冷存储中的归档'],
  },
  find_archives: { says: ['the folder of the run could not be listed', '无法列出运行的文件夹'] },
  find_failed_archives: {
    says: ['an archive of the run could not be looked up', '无法查询运行的某个归档'],
  },
  confirm_archives: {
    says: ['an archive of a lost response could not be read', '无法读取响应丢失的归档'],
  },
  delete_archives: { says: ['superseded archives could not be deleted', '被取代的归档未能删除'] },
  orphaned_jobs: { says: ['jobs that still run are not watched', '仍在执行的任务不再跟踪'] },
  suspects: { says: ['the sizes of the archives were not compared', '未比较归档的大小'] },
  report: { says: ['the report was not written', '报告未写入'] },
  report_pages: { says: ['the pages of the report cannot be read', '报告的分页无法读取'] },
  index_archives: { says: ['the archives are not in the index', '归档未写入索引'] },
  totals: { says: ['the run is missing in the metrics', '指标中缺少该运行'] },
  history: { says: ['the run is not in the history of its policy', '运行未写入策略的历史'] },
  index_run: {
    says: ['the run is not in the index', '运行未写入索引'],
    fix: [
      '`phonevault runs --rebuild` writes it again.',
      '`phonevault runs --rebuild` 会重新写入。',
    ],
  },
  freshness: { says: ['how recent the backups are was not stored', '备份时效未保存'] },
  recovered: {
    says: ['whether the policy has recovered was not checked', '未检查策略是否恢复正常'],
  },
  first_backups: { says: ['first backups were not recorded', '首次备份未记录'] },
  retention: { says: ['retention was not requested', '未请求应用保留规则'] },
  cancel_exports: {
    says: ['the exports of a cancelled restore go on', '已取消的恢复的导出仍在继续'],
    fix: ['`phonevault cancel ID` for each of them.', '请逐个执行 `phonevault cancel ID`。'],
  },
  drill: { says: ['the result of the drill was not stored', '未保存演练的结果'] },
  index_reads: {
    says: ['what was found in archives is not in the index', '归档的读取结果未写入索引'],
  },
  note_orphans: {
    says: [
      'the lease does not say which jobs outlived the run: a phone may be exported once more',
      '租约未能记录运行结束后仍在执行的任务：云手机可能再导出一次',
    ],
  },
  write_log: { says: ['the log of the run cannot be written', '运行的日志无法写入'] },
} satisfies Record<SettleStep | MissingRight, Entry>;
