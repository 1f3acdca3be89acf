import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../cli/all-commands.ts';
import { bashScript } from '../../../cli/completion/bash.ts';
import { placesOf } from '../../../cli/completion/tree.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe.runIf(has('bash'))('bash', () => {
  const script = bashScript(placesOf(commands));

  const complete = (...words: string[]): string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const lines = [
      // The builtin works only while bash completes by itself.
      'compopt() { :; }',
      'phonevault() { echo "looked-up-$3 $4"; }',
      script,
      `COMP_WORDS=(phonevault ${quoted}); COMP_CWORD=${words.length}; _phonevault`,
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const text = execFileSync('bash', ['-uc', lines], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    return text.split('\n').filter(Boolean);
  };

  it('is a valid bash script', () => {
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  });

  it.each([
    [['va'], ['validate']],
    [['ru'], ['run', 'runs']],
    [['--v'], ['--version']],
    [['help', 'inv'], ['invoke']],
    [['runs', 'sh'], ['show']],
    [['runs', '--outcome', 'f'], ['failed']],
    [['runs', '--limit', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--values', '--prefix', '--json', '--lang', '--output', '--help'],
    ],
    [['validate', '--po'], ['--policy']],
    [['validate', 'zsh.t'], ['zsh.test.ts']],
    [['invoke', 'drive', '--event', 'fish.t'], ['fish.test.ts']],
    [['invoke', 'drive', '-e', 'fish.t'], ['fish.test.ts']],
    [['runs', 'show', 'an-id', '--js'], ['--json']],
    [['nothing', 'sh'], []],
    [['status', 'look'], ['looked-up-policies']],
    [['runs', '--policy', 'look'], ['looked-up-policies']],
    [['run', 'nightly', '--phone', '--p'], ['--prefix=--p']],
    [['runs', 'show', 'look'], ['looked-up-runs']],
  ])('completes %j to %j', (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });
});
