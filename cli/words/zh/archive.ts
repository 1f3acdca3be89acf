import type { Words } from '../en/words.ts';

export const archive: Words['archive'] = {
  noneMatches: '没有符合条件的已校验归档',
  more: (shown) => `还有更多归档：用 --limit 列出 ${shown} 个以上`,
  goOn: (run) => `已到运行 ${run}：用 --rebuild ${run} 继续`,
  rebuilt: (archives, runs) => `目录已重建：${runs} 次已结束的运行，${archives} 个归档`,
  files: (count) => `${count} 个文件`,
  readToEnd: '已完整读取',
  wasThere: '此前已下载',
  backedUp: (age, policy) => `${age}由 ${policy} 备份`,
  written: (files, size, folder) => `已将 ${files}（${size}）写入 ${folder}`,
  leftOut: (count) => `略过 ${count} 个链接或设备文件`,
  noneAt: (entries, path) => `${entries} 个条目中没有位于 ${path} 的`,
  results: {
    ok: '正常',
    changed: '已改变',
    broken: '已损坏',
    missing: '缺失',
    unreadable: '无法读取',
  },
  nothingOf: (paths) => `没有 ${paths} 的内容：云手机上可能本来就没有`,
  verified: (good, all) => `${all} 个归档中有 ${good} 个可以完整读取`,
  thawing: (takes, since) => `OBS 正在取回归档（${takes}）：${since}`,
  takes: {
    expedited: 'COLD 需 1 到 5 分钟，DEEP_ARCHIVE 需数小时',
    standard: '3 到 12 小时',
  },
  transfer: (read, all) => `${read} / ${all}`,
  left: (time) => `剩余 ${time}`,
};
