import type { PhoneReason } from '../ledger/run/reasons.ts';
import type { Entry, Words } from './entry.ts';

const NEXT_RUN: Words = [
  'The next run tries again. If it lasts, open a ticket with the request id of the log.',
  '下次运行会重试。如果持续出现，请凭日志中的请求 ID 提交工单。',
];
const SEE_CODE: Words = [
  'Look up the code of the service that stands beside it.',
  '请查阅一同给出的服务错误码。',
];
const LARGER: Words = [
  'Raise `export_timeout` if the phone holds much data, or export fewer paths.',
  '如果云手机数据量大，请调大 `export_timeout`，或减少导出的路径。',
];
const OLDER_ARCHIVE: Words = [
  'Restore an older archive with `--at`.',
  '请用 `--at` 恢复更早的归档。',
];
const LOOK_AT_PHONE: Words = [
  'Look at the phone in the CPH console: start, restart or reset it.',
  '请在 CPH 控制台查看该云手机：启动、重启或重置。',
];

/** Why a phone has its outcome. */
export const phoneReason = {
  job_failed: { says: ['the export job failed', '导出任务失败'], fix: SEE_CODE },
  refused: { says: ['CPH refused the request', 'CPH 拒绝了请求'], fix: SEE_CODE },
  response_lost: {
    says: ['the responses of CPH were lost', 'CPH 的响应丢失'],
    more: [
      'Three responses of CPH were lost, and no archive appeared.',
      'CPH 的响应丢失三次，且没有出现归档。',
    ],
    fix: NEXT_RUN,
  },
  hook_failed: {
    says: ['a command before the export failed', '导出前的命令失败'],
    more: [
      'A command of `hooks.before` failed, was refused or gave no answer, and `hooks.on_error` is `fail`: nothing was exported.',
      '`hooks.before` 中的命令失败、被拒绝或没有应答，且 `hooks.on_error` 为 `fail`：没有导出任何数据。',
    ],
    fix: [
      '`failed_hooks` of the phone in the report names the command. Fix it, or set `hooks.on_error: continue`.',
      '报告中该云手机的 `failed_hooks` 列出该命令。请修正命令，或设置 `hooks.on_error: continue`。',
    ],
  },
  check_failed: {
    says: ['the check of the drill failed', '演练的检查未通过'],
    more: [
      'The phone runs with its archive, but `drill.check` failed, gave another answer than `drill.answer`, or could not be run.',
      '云手机已使用归档运行，但 `drill.check` 失败、应答与 `drill.answer` 不符，或无法执行。',
    ],
    fix: [
      'Run the command on the phone. If the phone is as it should be, fix `drill.check`.',
      '请在云手机上执行该命令。如果云手机正常，请修正 `drill.check`。',
    ],
  },
  not_found: {
    says: ['CPH does not list the phone', 'CPH 未列出该云手机'],
    more: [
      'The policy or the request names it, or it was deleted during the run.',
      '策略或请求指定了它，或它在运行期间被删除。',
    ],
    fix: ['Remove it from the policy or the request.', '请将其从策略或请求中删除。'],
  },
  not_in_policy: {
    says: ['the policy does not select the phone', '策略未选中该云手机'],
    fix: [
      'Name other phones, or change `select` in the policy.',
      '请指定其他云手机，或修改策略的 `select`。',
    ],
  },
  archive_missing: {
    says: ['the archive is missing', '归档不存在'],
    more: [
      'The job succeeded, but the object is neither listed nor found, two minutes later either.',
      '任务成功，但列表和查询都找不到该对象，两分钟后仍找不到。',
    ],
    fix: [
      'Find out what deletes or moves objects in the bucket. If nothing does, ask the vendor.',
      '请检查是否有程序删除或移动桶中的对象。若没有，请联系厂商。',
    ],
  },
  archive_too_small: {
    says: ['the archive is empty', '归档为空'],
    more: [
      'The object has 1,024 bytes or less, so it contains no file.',
      '对象不超过 1,024 字节，其中没有文件。',
    ],
    fix: [
      'Check that the paths of `export.include` exist on that phone.',
      '请检查 `export.include` 中的路径在该云手机上是否存在。',
    ],
  },
  not_verified: {
    says: ['the archive could not be verified', '无法校验归档'],
    more: [
      'The job succeeded, but OBS could not be read for at least half an hour.',
      '任务成功，但至少半小时无法从 OBS 查询归档。',
    ],
    fix: [
      'Check OBS and the right to list the bucket. `unconfirmed_archive` in the report may name the archive.',
      '请检查 OBS 和列举桶的权限。报告中的 `unconfirmed_archive` 可能给出该归档。',
    ],
  },
  superseded: {
    says: ['a newer archive of the run replaced it', '已被本次运行的新归档取代'],
  },
  export_timeout: {
    says: ['the export timed out', '导出超时'],
    more: ['The job took longer than `export_timeout`.', '任务用时超过 `export_timeout`。'],
    fix: LARGER,
  },
  deadline: {
    says: ['the run reached its deadline', '运行到达截止时间'],
    fix: [
      'Raise `deadline` or `max_in_flight_per_server`, or spread the policies over the night.',
      '请调大 `deadline` 或 `max_in_flight_per_server`，或将策略错开。',
    ],
  },
  cancelled: {
    says: ['the run was cancelled', '运行已取消'],
    more: [
      'The phone was not started when the run was cancelled.',
      '运行被取消时该云手机尚未开始。',
    ],
  },
  restore_failed: { says: ['the restore job failed', '恢复任务失败'], fix: SEE_CODE },
  restore_timeout: {
    says: ['the restore timed out', '恢复超时'],
    more: ['The job took longer than an hour.', '任务用时超过一小时。'],
    fix: LOOK_AT_PHONE,
  },
  restart_failed: { says: ['the phone did not restart', '云手机重启失败'], fix: LOOK_AT_PHONE },
  restart_timeout: {
    says: ['the restart timed out', '云手机重启超时'],
    fix: LOOK_AT_PHONE,
  },
  reset_failed: { says: ['the phone could not be reset', '云手机重置失败'], fix: LOOK_AT_PHONE },
  no_archive: {
    says: ['the phone has no archive', '该云手机没有归档'],
    fix: [
      '`phonevault archives PHONE` lists archives; `--map` restores the archive of another phone.',
      '`phonevault archives PHONE` 列出归档；`--map` 可恢复其他云手机的归档。',
    ],
  },
  archive_changed: {
    says: ['the archive has changed since it was verified', '归档在校验之后发生了变化'],
    fix: OLDER_ARCHIVE,
  },
  archive_cold: {
    says: ['the archive is in a cold storage class', '归档在冷存储类别中'],
    fix: ['Restore it again: newer versions thaw it first.', '请重新恢复：新版本会先取回归档。'],
  },
  older_android: {
    says: [
      'the Android of the phone is older than that of the archive',
      '云手机的 Android 版本低于归档',
    ],
    fix: [
      'Restore to a phone with the same or a newer Android.',
      '请恢复到 Android 版本相同或更高的云手机。',
    ],
  },
  two_sources: {
    says: ['two archives were to be restored to the phone', '同一台云手机有两个待恢复的归档'],
    fix: ['Name each phone once in the map.', '映射文件中每台云手机只能出现一次。'],
  },
  safety_export_failed: {
    says: ['the export before the restore failed', '恢复前的导出失败'],
    more: ['The phone was not changed.', '该云手机没有改变。'],
    fix: [
      'Fix the cause, or restore with `--no-safety-export`: then nothing of the phone as it is now is kept.',
      '请排除原因，或使用 `--no-safety-export`：此时不保留云手机当前的数据。',
    ],
  },
  thaw_refused: {
    says: ['OBS refused to make the cold archive readable', 'OBS 拒绝取回冷存储中的归档'],
    more: ['The phone was not changed.', '该云手机没有改变。'],
    fix: [
      "Grant the functions' agency `obs:object:RestoreObject`, then restore with `--failed-only`.",
      '请为函数的委托授予 `obs:object:RestoreObject`，然后用 `--failed-only` 重试。',
    ],
  },
  not_thawed: {
    says: [
      'the cold archive was not readable before the deadline',
      '冷存储中的归档未在截止时间前取回',
    ],
    more: ['The phone was not changed.', '该云手机没有改变。'],
    fix: ['Restore again with `--failed-only`.', '请用 `--failed-only` 重新恢复。'],
  },
  not_first: { says: ['only the first phones were to be restored', '本次只恢复前几台'] },
} satisfies Record<PhoneReason, Entry>;
