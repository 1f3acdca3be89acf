import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proseOf, readPage, readPages, root } from './pages.ts';

type Link = { page: string; target: string };

function linksOf(path: string, text: string): Link[] {
  const prose = proseOf(text).replace(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)|(?:src|href)="([^"]+)"/g)]
    .map(([, target, attribute]) => ({ page: path, target: target ?? attribute ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** What is wrong with a link; undefined when it leads somewhere. */
function fault({ page, target }: Link): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page : join(dirname(page), decodeURIComponent(file));
  if (!existsSync(join(root, path))) return `${page}: there is no ${path}`;
  if (anchor === undefined || !path.endsWith('.md')) return undefined;
  const anchors = readPage(path).headings.map((heading) => heading.anchor);
  const known = anchors.includes(decodeURIComponent(anchor));
  return known ? undefined : `${page}: ${path} has no #${anchor}`;
}

describe('the pages', () => {
  it('link to files and headings that exist', () => {
    const links = readPages().flatMap(({ path, text }) => linksOf(path, text));
    expect(links.length).toBeGreaterThan(20);
    expect(links.map(fault).filter((one) => one !== undefined)).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = readPages().flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm (?:run (?:--silent |-s )?([a-z][\w:-]*)|(start|test)\b)/g)].map(
        ([, script, short]) => ({ path, script: script ?? short ?? '' }),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});
