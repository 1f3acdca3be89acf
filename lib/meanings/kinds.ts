import type { Entry } from './entry.ts';

/** The kinds of notifications. */
export const kind = {
  settled: { says: ['a run has settled', '运行已结束'] },
  restore: { says: ['a restore has settled', '恢复已结束'] },
  drill: { says: ['a restore drill has settled', '恢复演练已结束'] },
  missed: {
    says: ['slots did not run', '有计划时间没有运行'],
    fix: [
      'Look at the reason: a run that takes too long, functions that did not run, or a broken policy.',
      '请查看原因：运行时间过长、函数没有运行或策略无效。',
    ],
  },
  stale: {
    says: ['too few phones have a recent backup', '有近期备份的云手机太少'],
    fix: [
      '`phonevault status --phones POLICY` lists the phones and why.',
      '`phonevault status --phones POLICY` 列出云手机及原因。',
    ],
  },
  recovered: { says: ['backups are up to date again', '备份时效已恢复正常'] },
  credentials: {
    says: [
      'the credentials were refused in three drives in a row',
      '连续三次 drive 的凭证均被拒绝',
    ],
    fix: ["Check the functions' agency.", '请检查函数的委托。'],
  },
  unreadable: {
    says: ['an object of the ledger cannot be used', '账本中有对象无法使用'],
    fix: [
      '`phonevault status` names the object and the fix.',
      '`phonevault status` 会给出对象和处理方法。',
    ],
  },
  prune: {
    says: ['retention could not be applied', '保留规则未能应用'],
    fix: [
      '`phonevault prune --dry-run` lists the archives and why.',
      '`phonevault prune --dry-run` 列出归档及原因。',
    ],
  },
  heartbeat: {
    says: ['daily summary', '每日报告'],
    fix: [
      'Raise an alarm when it is missing: then the functions do not run.',
      '没有收到时请告警：说明函数没有运行。',
    ],
  },
} satisfies Record<string, Entry>;
