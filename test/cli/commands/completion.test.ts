import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it, describe, beforeAll } from 'vitest';
import { fakeIo } from '../support/fake-io.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
const scriptOf = async (shell: string) => (await fakeIo().run('completion', shell)).out;

describe.runIf(has('bash'))('bash', () => {
  let script: string;
  beforeAll(async () => {
    script = await scriptOf('bash');
  });

  const complete = (...words: string[]): string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const commands = [
      // The builtin works only while bash completes by itself.
      'compopt() { :; }',
      script,
      `COMP_WORDS=(phonevault ${quoted}); COMP_CWORD=${words.length}; _phonevault`,
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const text = execFileSync('bash', ['-uc', commands], {
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
    [['runs', '--max', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--json', '--help'],
    ],
    [['validate', '--po'], ['--policy']],
    [['validate', 'validate.t'], ['validate.test.ts']],
    [['invoke', 'drive', '--event', 'completion.t'], ['completion.test.ts']],
    [['invoke', 'drive', '-e', 'completion.t'], ['completion.test.ts']],
    [['runs', 'show', 'an-id', '--js'], ['--json']],
    [['nothing', 'sh'], []],
  ])('completes %j to %j', (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });
});

describe.runIf(has('zsh'))('zsh', () => {
  it('is a valid zsh script', async () => {
    const { status, stderr } = spawnSync('zsh', ['-n'], { input: await scriptOf('zsh') });

    expect([status, String(stderr)]).toEqual([0, '']);
  });
});

describe.runIf(has('fish'))('fish', () => {
  it.each([
    ['phonevault va', ['validate']],
    ['phonevault runs sh', ['show']],
    ['phonevault runs --outcome f', ['failed']],
  ])('completes %j', async (line, expected) => {
    const commands = `${await scriptOf('fish')}\ncomplete -C '${line}'`;
    const text = execFileSync('fish', ['--no-config', '-c', commands], { encoding: 'utf8' });

    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((one) => one.split('\t')[0]),
    ).toEqual(expected);
  });
});

it('prints the script as JSON with --json', async () => {
  const { out } = await fakeIo().run('completion', 'zsh', '--json');

  expect(JSON.parse(out)).toEqual({ shell: 'zsh', script: await scriptOf('zsh') });
});
