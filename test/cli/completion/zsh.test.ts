import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../cli/all-commands.ts';
import { zshScript } from '../../../cli/completion/zsh.ts';
import { placesOf } from '../../../cli/completion/tree.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe.runIf(has('zsh'))('zsh', () => {
  it('is a valid zsh script', () => {
    const { status, stderr } = spawnSync('zsh', ['-n'], { input: zshScript(placesOf(commands)) });

    expect([status, String(stderr)]).toEqual([0, '']);
  });
});
