import { describe, expect, it } from 'vitest';
import { commands } from '../../../../cli/all-commands.ts';
import { languageOption } from '../../../../cli/io/language.ts';
import type { Command } from '../../../../cli/program/command.ts';
import { formatOption, jsonOption } from '../../../../cli/program/output.ts';
import { ABOUT } from '../../../../cli/program/program.ts';
import { chineseHelp, helpIn, noteIn } from '../../../../cli/words/help/translate.ts';
import { fakeIo } from '../../support/fake-io.ts';

const textsOf = ({ summary, description, ...rest }: Command): string[] => [
  ...[summary, description].filter((text) => text !== undefined),
  ...[...(rest.arguments ?? []), ...(rest.options ?? [])].map(({ text }) => text),
  ...(rest.subcommands ?? []).flatMap(textsOf),
];

const texts = new Set([
  ...commands.flatMap(textsOf),
  ...[jsonOption, formatOption, languageOption].map(({ text }) => text),
  ...[ABOUT, 'print this help', 'print the help of a command', 'print the version'],
]);

describe('the help in Chinese', () => {
  it('has a text for each in English', () => {
    expect([...texts].filter((text) => !/\p{Script=Han}/u.test(helpIn('zh', text)))).toEqual([]);
  });

  it('has none that nobody needs any more', () => {
    expect([...chineseHelp.keys()].filter((text) => !texts.has(text))).toEqual([]);
  });

  it('keeps the names of options, settings and files of the text in English', () => {
    const namesIn = (text: string) =>
      new Set(text.match(/--[a-z][a-z-]*|[A-Z]{3,}_[A-Z_]+|\*?\.ya?ml|\d+/g));
    for (const [english, chinese] of chineseHelp)
      expect(namesIn(chinese), english).toEqual(namesIn(english));
  });

  it('is printed with its titles, choices and defaults', async () => {
    const { out } = await fakeIo({ columns: 200 }).run('runs', 'list', '--help', '--lang', 'zh');
    expect(out).toMatch(/^用法：/);
    expect(out).toMatch(/\n选项：\n/);
    expect(out).toContain('只列出这种结果的运行（可选：completed, partial,');
    expect(out).toMatch(/\n示例：\n {2}\$ phonevault/);
  });
});

it('notes choices and defaults of an option', () => {
  expect(noteIn('en', { choices: ['a', 'b'], value: 'a' })).toBe(' (choices: a, b, default: a)');
  expect(noteIn('zh', { value: 8377 })).toBe('（默认：8377）');
  expect(noteIn('en', { value: true })).toBe('');
});
