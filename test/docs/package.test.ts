import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { localLinks, readPage, root, sources } from './pages.ts';

let files: string[];

beforeAll(async () => {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: root });
  // npm 12 returns an object by package, earlier versions a list.
  const packages = Object.values(JSON.parse(stdout) as Record<string, { files: File[] }>);
  files = packages.flatMap((one) => one.files.map(({ path }) => path));
});

type File = { path: string };

const isPacked = (path: string): boolean =>
  files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));

describe('the package', () => {
  it('has all that its pages link to', () => {
    const pages = files.filter((file) => file.endsWith('.md'));
    expect(pages).toContain('docs/cli.md');
    const missing = pages.flatMap((page) =>
      localLinks(readPage(page))
        .map((link) => decodeURIComponent(link.split('#')[0] ?? ''))
        .filter((link) => link !== '' && !isPacked(join(dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(missing).toEqual([]);
  });

  it('has the files that its commands advise to read', () => {
    const named = sources('cli', 'lib').matchAll(
      /(?<![\w./-])(?:docs|deploy|examples)\/[\w./-]+\w/g,
    );
    const paths = [...new Set([...named].map(([path]) => path))];
    expect(paths).toContain('docs/cli.md');
    expect(paths.filter((path) => !isPacked(path))).toEqual([]);
  });

  it('has no serverless.yml: the commands send people to a checkout for it', () => {
    expect(isPacked('serverless.yml')).toBe(false);
    const advice = [...sources('cli', 'lib').matchAll(/(.{15})npx serverless/g)];
    expect(advice.length).toBeGreaterThan(0);
    expect(
      advice
        .map(([, before]) => before)
        .filter((one) => !/(?:in a checkout: |在代码目录中：)$/.test(one ?? '')),
    ).toEqual([]);
  });
});
