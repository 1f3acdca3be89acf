import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { policyWith } from '../../scripts/docs/allowed.ts';
import { generatedFiles } from '../../scripts/docs/generated.ts';
import { localLinks, type Page, readPage, readPages, root, sources } from './pages.ts';

const pages = readPages();

describe('samples', () => {
  const samples = pages.flatMap(({ path, blocks }) =>
    blocks.map((block) => ({ ...block, at: `${path}:${block.line}` })),
  );

  it.each(samples.filter(({ language }) => language === 'json'))('$at is JSON', ({ text }) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  const policies = samples.filter(
    ({ language, mark }) => language === 'yaml' && mark !== 'not a policy',
  );
  it.each(policies)('$at is a valid policy or a valid part of one', ({ text }) => {
    const fields = parse(text) as Record<string, unknown>;
    const policy = 'name' in fields && 'select' in fields ? fields : policyWith(fields);
    const fileName = `${String(policy.name)}.yaml`;
    expect(parsePolicy(JSON.stringify(policy), { fileName })).toMatchObject({ ok: true });
  });
});

describe('links', () => {
  /** Returns what is wrong with a link, or undefined. */
  function problemOf(page: string, link: string): string | undefined {
    const [file = '', anchor] = link.split('#');
    const path = file === '' ? page : join(dirname(page), decodeURIComponent(file));
    if (!existsSync(join(root, path))) return `${path} does not exist`;
    if (anchor === undefined || !path.endsWith('.md')) return undefined;
    const anchors = readPage(path).headings.map((heading) => heading.anchor);
    return anchors.includes(decodeURIComponent(anchor)) ? undefined : `${path} has no #${anchor}`;
  }

  it.each(pages)('$path links to files and headings that exist', (page) => {
    expect(localLinks(page).flatMap((link) => problemOf(page.path, link) ?? [])).toEqual([]);
  });
});

describe('generated pages', () => {
  it('are up to date: run npm run docs', async () => {
    for (const { path, text } of await generatedFiles()) {
      expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
    }
  });
});

describe('translations', () => {
  const CHINESE = '.zh-CN.md';
  /** What operators need first. */
  const NEEDED = [
    ...['README', 'docs/deploy', 'docs/cli', 'docs/operations', 'docs/restore', 'docs/retention'],
    ...['docs/notifications', 'docs/codes', 'docs/faq', 'docs/policy', 'docs/README'],
  ];
  const translations = pages.map(({ path }) => path).filter((path) => path.endsWith(CHINESE));

  it('are there for what operators need first', () => {
    expect(translations).toEqual(expect.arrayContaining(NEEDED.map((page) => page + CHINESE)));
  });

  it.each(translations)('%s links to its original, and is linked from there', (translation) => {
    const original = translation.replace(CHINESE, '.md');
    expect(localLinks(readPage(translation))).toContain(basename(original));
    expect(localLinks(readPage(original))).toContain(basename(translation));
  });

  it.each(translations)('%s has the headings and blocks of its original', (translation) => {
    const original = translation.replace(CHINESE, '.md');
    // A comment in a block may be translated.
    const outline = ({ headings, blocks }: Page) => ({
      headings: headings.map(({ level }) => level),
      blocks: blocks.map(({ language, text }) => [language, text.replace(/\s+#\s.*$/gm, '')]),
    });
    expect(outline(readPage(translation))).toEqual(outline(readPage(original)));
  });
});

describe('log events', () => {
  const page = readPage('docs/operations.md').text;

  it('are in the table of docs/operations.md with their levels, and no other event is', () => {
    const code = sources('lib', 'handlers');
    const direct = code.matchAll(
      /\b(?:log|createLog\([^;]*?\))\.(info|warn|error)\(\s*'([a-z_]+)'/g,
    );
    const contained = code.matchAll(/\bcontain\(deps, \{ event: '([a-z_]+)'/g);
    const written = new Set([
      ...[...direct].map(([, level, event]) => `${event} ${level}`),
      ...[...contained].map(([, event]) => `${event} warn`),
    ]);
    const rows = page.matchAll(/^\| `([a-z_]+)` +\| ((?:info|warn|error)[a-z, ]*) \|/gm);
    const documented = [...rows].flatMap(([, event, levels = '']) =>
      levels.split(', ').map((level) => `${event} ${level.trim()}`),
    );
    expect(written.size).toBeGreaterThan(50);
    expect(documented.sort()).toEqual([...written].sort());
  });
});
