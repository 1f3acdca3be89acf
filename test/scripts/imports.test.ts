import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrongArrow } from '../../scripts/imports.js';

const root = join(import.meta.dirname, '..', '..');
const ROOMS = { 'lib/top': ['lib/low', 'lib/errors'], 'lib/top/part': ['lib/low'], 'lib/low': [] };

/** Rules of .oxlintrc.json. */
const RULES = ['house/arrows', 'import/no-cycle'];
type Config = { rules: Record<string, unknown> };

describe('the arrows between rooms', () => {
  it.each([
    ['a room that the table allows', 'lib/top/a.ts', 'lib/low/b.ts'],
    ['a file that the table allows', 'lib/top/a.ts', 'lib/errors.ts'],
    ['the same room', 'lib/low/a.ts', 'lib/low/b.ts'],
    ['the same room, which is a folder and a file', 'lib/low.ts', 'lib/low/b.ts'],
    ['any room, from a file outside of the rooms', 'test/a.ts', 'lib/top/a.ts'],
  ])('allow an import of %s', (_title, from, to) => {
    expect(wrongArrow(ROOMS, from, to)).toBeUndefined();
  });

  it.each([
    ['a room that is not in the table', 'lib/low/a.ts', 'lib/top/b.ts'],
    ['a part of a room that allows less than the room', 'lib/top/part/a.ts', 'lib/top/b.ts'],
    ['a file that starts with the name of an allowed room', 'lib/top/a.ts', 'lib/lower.ts'],
  ])('forbid an import of %s', (_title, from, to) => {
    expect(wrongArrow(ROOMS, from, to)).toContain('must not import');
  });
});

describe('the linter', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'lint-'))));
  afterAll(() => rm(folder, { recursive: true }));

  /** Returns the lines that the linter reports for these files of an own checkout. */
  async function lint(files: Record<string, string>): Promise<string[]> {
    await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { rules } = JSON.parse(await readFile(join(root, '.oxlintrc.json'), 'utf8')) as Config;
    const config = {
      plugins: ['import'],
      jsPlugins: ['./scripts/imports.js'],
      categories: { correctness: 'off' },
      rules: Object.fromEntries(RULES.map((rule) => [rule, rules[rule]])),
      ignorePatterns: ['scripts'],
    };
    await writeFile(join(folder, '.oxlintrc.json'), JSON.stringify(config));
    const program = join(root, 'node_modules', '.bin', 'oxlint');
    const output = await new Promise<string>((resolve) => {
      execFile(program, ['-f', 'unix'], { cwd: folder }, (_error, stdout) => resolve(stdout));
    });
    return output.split('\n').filter((line) => line.includes('['));
  }

  it('reports each kind of import, and circles of types', async () => {
    const found = await lint({
      'lib/clock.ts': [
        "import { b } from './run/b.ts';",
        "export { b } from './run/b.ts';",
        "export * from './run/b.ts';",
        "export const c = () => import('./run/b.ts');",
        "export type C = import('./run/b.ts').B;",
        'export const d = b;',
      ].join('\n'),
      'lib/policy/a.ts': "import type { Two } from './b.ts';\nexport type One = Two;\n",
      'lib/policy/b.ts': "import type { One } from './a.ts';\nexport type Two = One;\n",
    });

    const lines = (rule: string) =>
      found.filter((line) => line.includes(rule)).map((line) => line.split(':', 2).join(':'));
    expect(lines('house(arrows)')).toEqual([1, 2, 3, 4, 5].map((line) => `lib/clock.ts:${line}`));
    expect(lines('import(no-cycle)').sort()).toEqual(['lib/policy/a.ts:1', 'lib/policy/b.ts:1']);
  });
});
