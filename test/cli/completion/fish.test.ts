import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../cli/all-commands.ts';
import { fishScript } from '../../../cli/completion/fish.ts';
import { placesOf } from '../../../cli/completion/tree.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe.runIf(has('fish'))('fish', () => {
  it.each([
    ['phonevault va', ['validate']],
    ['phonevault runs sh', ['show']],
    ['phonevault runs --outcome f', ['failed']],
  ])('completes %j', (line, expected) => {
    const lines = `${fishScript(placesOf(commands))}\ncomplete -C '${line}'`;
    const text = execFileSync('fish', ['--no-config', '-c', lines], { encoding: 'utf8' });

    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((one) => one.split('\t')[0]),
    ).toEqual(expected);
  });
});
