import type { PhoneOutcome, Report, RunOutcome } from '../ledger/run/report.ts';
import type { RunRequest } from '../ledger/run/request.ts';
import type { Entry } from './entry.ts';

/** How a run ended. */
export const runOutcome = {
  completed: {
    says: ['completed', '已完成'],
    more: [
      'At least one phone was exported or restored; none failed or timed out. Some may have been skipped.',
      '至少一台云手机已导出或已恢复，没有失败或超时，可能有跳过的。',
    ],
  },
  partial: {
    says: ['partial', '部分完成'],
    more: [
      'Some phones were exported; others failed or timed out.',
      '部分云手机已导出，其余失败或超时。',
    ],
    fix: ['Look at the phones that failed and their reasons.', '请查看失败的云手机及其原因。'],
  },
  failed: {
    says: ['failed', '失败'],
    more: [
      'No phone was exported although some were selected, or the run could not start.',
      '选中的云手机一台也没有导出，或运行无法开始。',
    ],
    fix: [
      'Look at the reason of the run, then at those of its phones.',
      '请先查看运行的原因，再查看云手机的原因。',
    ],
  },
  skipped: {
    says: ['skipped', '无需执行'],
    more: [
      'There was nothing to do: no phone was selected, or all of them were skipped.',
      '无事可做：没有选中云手机，或全部跳过。',
    ],
    fix: [
      'Check `select` in the policy, and the states of the phones.',
      '请检查策略的 `select` 和云手机的状态。',
    ],
  },
  cancelled: {
    says: ['cancelled', '已取消'],
    more: [
      'A cancel request stopped at least one phone.',
      '收到取消请求，至少一台云手机因此停止。',
    ],
  },
} satisfies Record<RunOutcome, Entry>;

/** How a phone ended in a run. */
export const phoneOutcome = {
  exported: {
    says: ['exported', '已导出'],
    more: ['The job succeeded and the archive is verified.', '任务成功，归档已校验。'],
  },
  restored: {
    says: ['restored', '已恢复'],
    more: ['The job succeeded and the phone runs.', '任务成功，云手机已运行。'],
  },
  failed: { says: ['failed', '失败'], fix: ['Look at its reason.', '请查看其原因。'] },
  skipped: {
    says: ['skipped', '已跳过'],
    more: ['Nothing was sent for the phone.', '没有为该云手机发送任何请求。'],
    fix: ['Look at its reason.', '请查看其原因。'],
  },
  timed_out: { says: ['timed out', '超时'], fix: ['Look at its reason.', '请查看其原因。'] },
  cancelled: { says: ['cancelled', '已取消'] },
} satisfies Record<PhoneOutcome, Entry>;

/** What came of a restore drill. */
export const drill = {
  passed: {
    says: ['passed', '通过'],
    more: [
      'Every scratch phone ran again with the archive that was restored to it.',
      '每台演练用的云手机恢复归档后均已运行。',
    ],
  },
  failed: {
    says: ['failed', '失败'],
    more: ['At least one scratch phone was not restored.', '至少一台演练用的云手机没有恢复。'],
    fix: ['Look at the reasons of its phones.', '请查看其云手机的原因。'],
  },
} satisfies Record<NonNullable<Report['drill']>['verdict'], Entry>;

/** What started a run. */
export const trigger = {
  timer: { says: ['by its schedule', '按计划'] },
  http: { says: ['by a call of the HTTP API', '由 HTTP API 触发'] },
  manual: { says: ['by hand', '手动'] },
  provisioned: { says: ['for new or reset phones', '针对新建或重置的云手机'] },
  restore: { says: ['before a restore', '恢复之前'] },
} satisfies Record<RunRequest['trigger'], Entry>;

/** How recent the backup of a phone is. */
export const backup = {
  fresh: {
    says: ['fresh', '有近期备份'],
    more: [
      'The last verified archive is recent enough for the objective of the policy.',
      '最近一次已校验的归档符合策略的目标。',
    ],
  },
  late: {
    says: ['late', '备份过期'],
    more: ['The last verified archive is too old.', '最近一次已校验的归档太旧。'],
    fix: [
      'Look at why the last run did not export the phone.',
      '请查看最近一次运行没有导出该云手机的原因。',
    ],
  },
  never: {
    says: ['never backed up', '从未备份'],
    more: ['The phone has no verified archive.', '该云手机没有已校验的归档。'],
    fix: [
      'Look at why the last run did not export the phone.',
      '请查看最近一次运行没有导出该云手机的原因。',
    ],
  },
  unknown: {
    says: ['unknown', '未知'],
    more: [
      'The part of the index that holds the phone cannot be read. The phone does not count.',
      '索引中该云手机所在的部分无法读取。该云手机不计入比例。',
    ],
    fix: ['`phonevault doctor` names the object.', '`phonevault doctor` 会给出该对象。'],
  },
  not_exportable: {
    says: ['not exportable', '无法导出'],
    more: [
      'The last run skipped the phone, for example because it was stopped. It does not count.',
      '最近一次运行跳过了该云手机，例如因为已关机。该云手机不计入比例。',
    ],
    fix: ['Start or repair the phone.', '请启动或修复该云手机。'],
  },
  not_selected: {
    says: ['not selected', '未选中'],
    more: [
      'The last run of all phones did not select the phone.',
      '最近一次全量运行没有选中该云手机。',
    ],
  },
} satisfies Record<string, Entry>;
