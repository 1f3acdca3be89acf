import type { Words } from '../en/words.ts';

export const retention: Words['retention'] = {
  deletes: (policy, deleted, all, size) =>
    `${policy}：已删除 ${all} 个归档中的 ${deleted} 个（${size}）`,
  wouldDelete: (policy, deleted, all, size) =>
    `${policy}：将删除 ${all} 个归档中的 ${deleted} 个（${size}）`,
  blocked: (why) => `没有删除任何归档：${why}`,
  refused: (count, codes) => `桶拒绝了 ${count} 次删除：${codes}`,
  missing: (count, keys) =>
    `桶中缺失或已改变 ${count} 个最近的正常归档，相应云手机的归档均不删除：${keys}`,
  head: ['云手机', '保留', '删除', '大小'],
  morePhones: (count) => `… 另有 ${count} 台云手机：用 --json 列出全部归档`,
  noRules: '没有策略设置了保留规则',
  applying: (count) => `正在应用 ${count} 个策略的保留规则 …`,
  notDone: '3 分钟后仍未完成。drive 函数的定时器是否已启用？使用 --drive 时由本进程执行。',
  explainHead: (zone) => [`运行时间（${zone}）`, '策略', '大小', '', '原因', '归档'],
  verdicts: { keep: '保留', delete: '删除', trash: '回收站' },
  pinned: '已固定',
  unpinned: '已取消固定',
  undeleted: '已取回并固定',
  checked: (missing, unknown) => `缺失 ${missing} 个归档，未知 ${unknown} 个对象`,
  checks: { missing: '缺失', unknown: '未知' },
  moreKeys: (count, what) => `… 另有 ${count} 个${what}：用 --json 列出`,
};
