import type { Words } from '../en/words.ts';

export const doctor: Words['doctor'] = {
  outcomes: { ok: '正常', warning: '警告', failed: '失败', unknown: '未知', skipped: '已跳过' },
  counted: {
    failed: (count) => `${count} 项失败`,
    warning: (count) => `${count} 项警告`,
    unknown: (count) => `${count} 项未知`,
    skipped: (count) => `${count} 项已跳过`,
    ok: (count) => `${count} 项正常`,
  },
  checking: '正在检查 …',
  nothingFailed: (counts) => `没有失败：${counts}。`,
  fix: '处理方法：',
  follows: '由此引起：',
  fixFirst: '首先处理：',
  followers: (count) => `由此引起另外 ${count} 项`,
};
