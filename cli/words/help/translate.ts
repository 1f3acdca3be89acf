import type { Language } from '../../../lib/meanings/entry.ts';
import { archives } from './archives.ts';
import { machine } from './machine.ts';
import { runs } from './runs.ts';

/** The help in Chinese, by its text in English, which stands with each command. */
export const chineseHelp: ReadonlyMap<string, string> = new Map(
  [runs, archives, machine].flatMap((part) => Object.entries(part)),
);

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
  'Example:': '示例：',
  'Examples:': '示例：',
};

/** Returns a text of the help in a language; in English where it has no other. */
export function helpIn(language: Language, text: string): string {
  if (language === 'en') return text;
  const phrase = chineseHelp.get(text.replace(/\.$/, ''));
  return titles[text] ?? chineseHelp.get(text) ?? (phrase === undefined ? text : `${phrase}。`);
}

/** Returns the note behind an option or an argument: its choices and its default. */
export function noteIn(
  language: Language,
  { choices, value }: { choices?: readonly string[] | undefined; value?: unknown },
): string {
  const [open, chosen, given, comma, close] =
    language === 'en'
      ? [' (', 'choices: ', 'default: ', ', ', ')']
      : ['（', '可选：', '默认：', '，', '）'];
  const parts = [
    ...(choices === undefined ? [] : [chosen + choices.join(', ')]),
    ...(typeof value !== 'string' && typeof value !== 'number' ? [] : [given + String(value)]),
  ];
  return parts.length === 0 ? '' : open + parts.join(comma) + close;
}
