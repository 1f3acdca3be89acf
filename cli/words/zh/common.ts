import type { Words } from '../en/words.ts';

export const common: Words['common'] = {
  colon: '：',
  comma: '，',
  space: '',
  semicolon: '；',
  note: (text) => `（${text}）`,
  now: '刚刚',
  ago: (text) => `${text}前`,
  in: (text) => `${text}后`,
  phones: (count) => `${count} 台云手机`,
  calls: (count) => `${count} 次调用`,
  archives: (count) => `${count} 个归档`,
  entries: (count) => `${count} 个条目`,
  andMore: (count) => `… 另有 ${count} 项`,
  listedBy: (how) => `：用 ${how} 列出`,
  unreadable: { unreadable: '无法读取', fix: '处理方法', since: '自', next: '下次尝试' },
  error: '错误：',
  own: { wrong_use: '命令行用法错误', unexpected: '意外错误' },
  hint: '提示：',
  warning: '警告：',
};
