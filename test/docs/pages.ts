import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A fenced block. `mark` is the HTML comment above it, `line` the line of its opening fence. */
type Block = { language: string; text: string; mark: string | undefined; line: number };

type Heading = { level: number; text: string; anchor: string };

/** A Markdown file. `path` is relative to the repository. */
export type Page = { path: string; text: string; blocks: Block[]; headings: Heading[] };

/** Folders without pages: `scripts` has templates of pages. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'scripts']);

/** Returns every Markdown page of the repository. */
export function readPages(): Page[] {
  return filesBelow(root)
    .filter((file) => file.endsWith('.md'))
    .map((file) => readPage(relative(root, file)));
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, blocks: blocksOf(text), headings: headingsOf(text) };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name) || /^\.(?!github$)/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const FENCED = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;

function blocksOf(text: string): Block[] {
  return [...text.matchAll(FENCED)].map(
    ({ 1: indent = '', 2: language = '', 3: lines = '', index }) => {
      const before = text.slice(0, index);
      return {
        language,
        text: lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '').replace(/\n$/, ''),
        mark: /<!-- (.+) -->\s*$/.exec(before)?.[1],
        line: before.split('\n').length,
      };
    },
  );
}

/** Returns the links of a page to other files and to headings, as they are written. */
export function localLinks({ text }: Pick<Page, 'text'>): string[] {
  const prose = proseOf(text).replace(/`[^`]*`/g, '');
  const found = [...prose.matchAll(/\]\(([^()\s]+)\)|(?:src|href)="([^"]+)"/g)];
  const links = found.map(([, target, attribute]) => target ?? attribute ?? '');
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** Returns the text without fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(FENCED, '');
}

function headingsOf(text: string): Heading[] {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, hashes = '', title = '']) => {
    const slug = slugOf(title);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    const anchor = times === 0 ? slug : `${slug}-${times}`;
    return { level: hashes.length, text: title, anchor };
  });
}

/** Returns a heading's anchor as GitHub makes it. */
function slugOf(title: string): string {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Returns the text of all TypeScript files below some folders of the repository. */
export function sources(...folders: string[]): string {
  return folders
    .flatMap((folder) => filesBelow(join(root, folder)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
