import type { Block } from '../ledger/retention/state.ts';
import type { deleteReasons } from '../ledger/run/deleted-archives.ts';
import type { KeepReason } from '../policy/retention/archive.ts';
import type { Entry, Words } from './entry.ts';

const FIX_POLICY: Words = [
  '`phonevault validate` names the errors of the policy.',
  '`phonevault validate` 会指出策略的错误。',
];

/** Why retention keeps an archive. */
export const keep = {
  newest: { says: ['one of the newest', '最新的归档之一'] },
  day: { says: ['the newest of its day', '当天最新'] },
  week: { says: ['the newest of its week', '当周最新'] },
  month: { says: ['the newest of its month', '当月最新'] },
  year: { says: ['the newest of its year', '当年最新'] },
  last_good: { says: ['the last good archive of its phone', '该云手机最近的正常归档'] },
  pinned: {
    says: ['pinned', '已固定'],
    fix: ['`phonevault unpin PHONE` removes the pin.', '`phonevault unpin PHONE` 取消固定。'],
  },
  in_use: { says: ['an open run or restore needs it', '未结束的运行或恢复需要它'] },
  future: {
    says: ['dated in the future', '时间在将来'],
    fix: ['Check the clock of the machine that started its run.', '请检查启动该运行的机器的时钟。'],
  },
  manual: {
    says: ['from a run by hand', '来自手动运行'],
    fix: [
      'Set `retention.manual: true` to treat them like others.',
      '设置 `retention.manual: true` 可与其他归档一样处理。',
    ],
  },
  locked: {
    says: ['locked by its bucket', '被桶锁定'],
    fix: ['Wait until the lock (WORM) ends.', '请等待锁定（WORM）到期。'],
  },
} satisfies Record<KeepReason, Entry>;

/** Why retention deletes an archive. */
export const remove = {
  expired: { says: ['older than the policy keeps', '超过保留时间'] },
  over_count: { says: ['more than the policy keeps', '超过保留数量'] },
  superseded: {
    says: ['superseded by a newer one of its run', '已被同一运行的新归档取代'],
  },
  orphaned: { says: ['left by a run that no longer knows it', '运行遗留的归档'] },
} satisfies Record<(typeof deleteReasons)[number], Entry>;

/** Why retention deleted nothing, or not everything. */
export const prune = {
  max_delete: {
    says: ['more is due than max_delete allows', '应删除的超过 max_delete'],
    fix: [
      '`phonevault prune --dry-run` lists the archives. Fix `retention`, or raise `retention.max_delete`.',
      '`phonevault prune --dry-run` 列出这些归档。请修正 `retention`，或调大 `retention.max_delete`。',
    ],
  },
  stale: {
    says: ['the policy is stale', '策略的备份时效未达标'],
    fix: ['Get its backups going again first.', '请先恢复其备份。'],
  },
  policy_gone: {
    says: ['the policy file was deleted', '策略文件已删除'],
    fix: ['Upload it again, or delete the archives yourself.', '请重新上传，或自行删除归档。'],
  },
  policy_invalid: { says: ['the policy file is invalid', '策略文件无效'], fix: FIX_POLICY },
  no_rules: {
    says: ['the policy has no retention', '策略没有保留规则'],
    fix: ['Add `retention` to the policy.', '请在策略中添加 `retention`。'],
  },
  unreadable: {
    says: ['an object of the index cannot be read', '索引中有对象无法读取'],
    fix: ['`phonevault doctor` names the object.', '`phonevault doctor` 会给出该对象。'],
  },
  failed: {
    says: ['a service failed', '服务出错'],
    fix: ['Phonevault tries again with the next run.', 'Phonevault 会在下次运行后重试。'],
  },
  missing: {
    says: [
      'last good archives are missing or changed in the bucket',
      '最近的正常归档在桶中缺失或已改变',
    ],
    fix: [
      '`phonevault archives check` lists them. Find out who deletes from the bucket.',
      '`phonevault archives check` 列出这些归档。请查明谁从桶中删除了它们。',
    ],
  },
  refused: {
    says: ['the bucket refuses to delete archives', '桶拒绝删除归档'],
    fix: [
      "Grant the functions' agency obs:object:DeleteObject.",
      '请授予函数的委托 obs:object:DeleteObject。',
    ],
  },
} satisfies Record<Block | 'missing' | 'refused', Entry>;
