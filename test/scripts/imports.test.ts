import { join } from 'node:path';
import { Linter, type ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { arrows, chain, withoutTrees } from '../../scripts/imports.js';

const root = join(import.meta.dirname, '..', '..');
const ROOMS = { 'lib/top': ['lib/low', 'lib/errors'], 'lib/top/part': ['lib/low'], 'lib/low': [] };

function lint(file: string, code: string): string[] {
  const plugin: ESLint.Plugin = { rules: { arrows } };
  const config: Linter.Config = {
    plugins: { imports: plugin },
    rules: { 'imports/arrows': ['error', ROOMS] },
  };
  const filename = join(root, file);
  const messages = new Linter({ cwd: root }).verify(code, [config], { filename });
  return messages.map(({ message }) => message);
}

describe('arrows', () => {
  it.each([
    ['a room that the table allows', 'lib/top/a.js', "import '../low/b.js'"],
    ['a file that the table allows', 'lib/top/a.js', "import '../errors.js'"],
    ['the same room', 'lib/low/a.js', "import './b.js'"],
    ['the same room, which is a folder and a file', 'lib/low.js', "export * from './low/b.js'"],
    ['a package', 'lib/low/a.js', "import 'vitest'"],
    ['any room, from a file outside of the rooms', 'test/a.js', "import '../lib/top/a.js'"],
  ])('allows an import of %s', (_title, file, code) => {
    expect(lint(file, code)).toEqual([]);
  });

  it.each([
    ['an import', 'lib/low/a.js', "import { b } from '../top/b.js'"],
    ['an export', 'lib/low/a.js', "export { b } from '../top/b.js'"],
    ['an export of everything', 'lib/low/a.js', "export * from '../top/b.js'"],
    ['a dynamic import', 'lib/low/a.js', "import('../top/b.js')"],
    ['a part of a room that allows less than the room', 'lib/top/part/a.js', "import '../b.js'"],
    ['a file that starts with the name of an allowed room', 'lib/top/a.js', "import '../lower.js'"],
  ])('reports %s that the table does not allow', (_title, file, code) => {
    expect(lint(file, code)).toEqual([expect.stringContaining('must not import')]);
  });
});

describe('import circles', () => {
  const graph = (): Map<string, string[]> =>
    new Map([
      ['leaf', []],
      ['branch', ['leaf']],
      ['a', ['branch', 'b']],
      ['b', ['c']],
      ['c', ['leaf', 'a']],
      ['user', ['a']],
    ]);

  it('removes the files that lead to no circle', () => {
    expect([...withoutTrees(graph()).keys()]).toEqual(['a', 'b', 'c', 'user']);
  });

  it('finds the chain of imports from one file to another', () => {
    expect(chain(graph(), 'b', 'a')).toEqual(['b', 'c', 'a']);
    expect(chain(graph(), 'a', 'user')).toBeUndefined();
  });
});
