import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A fenced block. `mark` is the comment in the line before it, `line` the fence's own. */
export type Block = { language: string; text: string; mark: string | undefined; line: number };

/** A Markdown file. `path` is relative to the repository. */
export type Page = { path: string; text: string; blocks: Block[]; headings: Heading[] };

type Heading = { level: number; text: string; anchor: string };

const IGNORED = new Set(['node_modules', 'dist', 'coverage', 'scripts']);

/** Every Markdown file for readers; templates that pages are made from are not. */
export function readPages(): Page[] {
  return files(root)
    .filter((file) => file.endsWith('.md'))
    .map((file) => readPage(relative(root, file)));
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, blocks: blocksOf(text), headings: headingsOf(text) };
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let open: { language: string; line: number; indent: number; lines: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```(\w*)/.exec(line);
    if (fence === null) open?.lines.push(line.slice(open.indent));
    else if (open === undefined) {
      open = {
        language: fence[2] ?? '',
        line: index + 1,
        indent: fence[1]?.length ?? 0,
        lines: [],
      };
    } else {
      const before = lines.slice(0, open.line - 1).findLast((other) => other.trim() !== '');
      const mark = /^<!-- (.+) -->$/.exec(before?.trim() ?? '')?.[1];
      blocks.push({ language: open.language, line: open.line, mark, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}

/** The text without fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```$/gm, '');
}

function headingsOf(text: string): Heading[] {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, hashes = '', title = '']) => {
    const slug = slugOf(title);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return {
      level: hashes.length,
      text: title,
      anchor: times === 0 ? slug : `${slug}-${times}`,
    };
  });
}

/** A heading's anchor as GitHub makes it. */
function slugOf(title: string): string {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}
