import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKnown, sayIn, sentences } from '../../../../cli/words/sentences/say.ts';

describe('sayIn', () => {
  it.each([
    ['no function is deployed', '没有部署函数'],
    ['No function is deployed, said nobody', 'No function is deployed, said nobody'],
    ['is not deployed; it is optional', '未部署；它是可选的'],
    ['the account has no project p1; HTTP 503 of IAM', '账号没有项目 p1；HTTP 503 of IAM'],
    [
      'nightly is stale: 2 late, last good run 2 d ago',
      'nightly 备份过期：备份过期 2 台，最近一次成功运行在 2 天前',
    ],
    [
      '3 objects in open/, the oldest 12 min ago, but no drive has ever taken the lease',
      'open/ 中有 3 个对象，最早的在 12 分钟前，但从未有 drive 取得租约',
    ],
    [
      'enable it in the console, or in a checkout: npx serverless deploy --stage test',
      '请在控制台启用它，或在代码目录中：npx serverless deploy --stage test',
    ],
    ['did you mean nightly?', '您是否想输入 nightly？'],
  ])('says %j', (english, chinese) => {
    expect(sayIn('zh', english)).toBe(chinese);
    expect(sayIn('en', english)).toBe(english);
  });

  it('is in Chinese throughout, with the names of settings and commands of the English text', () => {
    const namesIn = (text: string) =>
      new Set(text.match(/--[a-z][a-z-]*|[A-Z]{3,}_[A-Z_]+|`[^`]+`|\{\}/g));
    for (const [english, chinese] of Object.entries(sentences)) {
      const gaps = (text: string) => text.replace(/\{[w\d]?\}|#/g, '{}');
      const [mine, its] = [namesIn(gaps(english)), namesIn(gaps(chinese))];
      expect(its, english).toEqual(mine);
    }
  });
});

const ROOT = 'cli/doctor';
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"([^"\n]*)"/g;
const PROSE = /(?<![\w-])[a-z]{2,} [a-z]{2,}/;

/** Returns the texts in the source of the checks, with 7 in place of what is filled in. */
function textsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$|import [^;]+;/gm, '');
  return [...code.matchAll(LITERAL)]
    .map(([, single, back, double]) => (single ?? back ?? double ?? '').replace(/\\(.)/g, '$1'))
    .map((text) => text.replace(/\$\{[^}]*\}/g, '7'));
}

/** Pieces of longer texts. */
const PIECES = new Set([
  ...["7 7 the services' clocks", '7 of them', '7 over plain HTTP on this machine'],
  '7: 7 are reachable, 7',
]);

it('knows what every check of doctor says', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const texts = files.flatMap((name) => textsOf(join(ROOT, name)));
  expect(texts.length).toBeGreaterThan(150);
  const keys = Object.keys(sentences);
  const isSaid = (text: string): boolean =>
    isKnown(text) ||
    PIECES.has(text) ||
    keys.some((key) => key.endsWith(text) || key.startsWith(text));
  const prose = texts.map((text) => text.replace(/^7; /, '')).filter((text) => PROSE.test(text));
  expect(prose.filter((text) => !text.includes('${') && !isSaid(text))).toEqual([]);
});
