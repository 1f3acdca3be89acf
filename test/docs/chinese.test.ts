import { describe, expect, it } from 'vitest';
import { type Page, proseOf, readPage } from './pages.ts';

/** Programs read what is no comment: YAML's are translated. */
const plain = (text: string): string => text.replace(/\s+#\s.*$/gm, '');

/** What each section has that both languages share: words of code, rows of tables, steps of lists. */
function sections({ text, headings }: Page) {
  const parts = proseOf(text)
    .split(/^#{1,6} .+$/m)
    .slice(1);
  return parts.map((part, index) => ({
    level: headings[index]?.level,
    code: [...new Set([...part.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word))].sort(),
    rows: part.match(/^\s*\|/gm)?.length ?? 0,
    steps: part.match(/^\s*(?:-|\d+\.) /gm)?.length ?? 0,
  }));
}

describe.each([
  ['README.md', 'README.zh-CN.md'],
  ['docs/operations.md', 'docs/operations.zh-CN.md'],
])('%s and %s', (english, chinese) => {
  const [en, zh] = [readPage(english), readPage(chinese)];

  it('have the same sections, with the same words of code, rows and steps', () => {
    const [left, right] = [sections(en), sections(zh)];
    expect(right.map(({ level }) => level)).toEqual(left.map(({ level }) => level));
    for (const [index, section] of left.entries()) {
      expect(right[index], `${en.headings[index]?.text} / ${zh.headings[index]?.text}`).toEqual(
        section,
      );
    }
  });

  it('have the same blocks', () => {
    const blocks = (page: Page) =>
      page.blocks.map(({ language, mark, text }) => ({ language, mark, text: plain(text) }));
    expect(blocks(zh)).toEqual(blocks(en));
  });
});
