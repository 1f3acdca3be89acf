import { expect, it } from 'vitest';
import { commands } from '../../../cli/all-commands.ts';
import { fishScript } from '../../../cli/completion/fish.ts';
import { placesOf } from '../../../cli/completion/tree.ts';
import { zshScript } from '../../../cli/completion/zsh.ts';
import { fakeIo } from '../support/fake-io.ts';

it('prints the script of the shell', async () => {
  const { code, out } = await fakeIo().run('completion', 'fish');

  expect([code, out]).toEqual([0, fishScript(placesOf(commands))]);
});

it('prints the script as JSON with --json', async () => {
  const { out } = await fakeIo().run('completion', 'zsh', '--json');

  expect(JSON.parse(out)).toEqual({ shell: 'zsh', script: zshScript(placesOf(commands)) });
});
