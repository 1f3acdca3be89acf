import type { NamedStatus } from '../cloud/cph/phone-status.ts';
import type { Entry, Words } from './entry.ts';

const REPAIR: Words = ['Repair the phone in the CPH console.', '请在 CPH 控制台修复该云手机。'];
const WAIT: Words = [
  'Raise `wait_for_phones`, or choose another time.',
  '请调大 `wait_for_phones`，或换一个时间。',
];

/** The states of a phone, as reasons why it was skipped. `unknown` also stands for `unknown_<code>`. */
export const phoneState = {
  running: { says: ['running', '运行中'] },
  stopped: {
    says: ['stopped', '已关机'],
    fix: [
      'Start the phone: only running phones are exported.',
      '请启动该云手机：只导出运行中的云手机。',
    ],
  },
  frozen: {
    says: ['frozen', '已冻结'],
    fix: ['Unfreeze it: often its server is not paid for.', '请解冻：常见原因是服务器欠费。'],
  },
  abnormal: { says: ['abnormal', '异常'], fix: REPAIR },
  reset_failed: { says: ['reset failed', '重置失败'], fix: REPAIR },
  restart_failed: { says: ['restart failed', '重启失败'], fix: REPAIR },
  create_failed: { says: ['creation failed', '创建失败'], fix: REPAIR },
  stop_failed: { says: ['stop failed', '关机失败'], fix: REPAIR },
  creating: { says: ['still being created', '仍在创建'], fix: WAIT },
  resetting: { says: ['still resetting', '仍在重置'], fix: WAIT },
  restarting: { says: ['still restarting', '仍在重启'], fix: WAIT },
  stopping: { says: ['still stopping', '仍在关机'], fix: WAIT },
  unknown: {
    says: ['in an unknown state', '状态未知'],
    more: [
      'CPH returned an undocumented state, or none.',
      'CPH 返回了文档中没有的状态，或未返回状态。',
    ],
    fix: ['Look at the phone in the CPH console.', '请在 CPH 控制台查看该云手机。'],
  },
} satisfies Record<NamedStatus | 'unknown', Entry>;

/** Why a new phone waits for its first backup, beside its state. */
export const firstBackup = {
  not_fetched: { says: ['CPH did not show the phone', 'CPH 未返回该云手机'] },
  not_found: { says: ['CPH does not list the phone', 'CPH 未列出该云手机'] },
  tags_unknown: {
    says: [
      'CPH did not list the servers with the tags of the policy',
      'CPH 未列出带有策略标签的服务器',
    ],
  },
  being_exported: { says: ['the phone was being exported', '该云手机正在导出'] },
} satisfies Record<string, Entry>;
