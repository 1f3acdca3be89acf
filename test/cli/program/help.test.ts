import { describe, expect, it } from 'vitest';
import type { Command } from '../../../cli/program/command.ts';
import { commands } from '../../../cli/all-commands.ts';
import { widthOf } from '../../../cli/text/width.ts';
import { fakeIo } from '../support/fake-io.ts';

/** All command lines that have a help of their own. */
const paths = (list: readonly Command[], above: string[] = []): string[][] =>
  list.flatMap((command) => {
    const path = [...above, command.name];
    return [path, ...paths(command.subcommands ?? [], path)];
  });
const HELPED = [[], ...paths(commands).filter(([name]) => name !== 'local')].map((path) => ({
  path,
  line: ['phonevault', ...path].join(' '),
}));

describe('help', () => {
  it.each(HELPED)('of $line has a worked example', async ({ path }) => {
    const { code, out } = await fakeIo().run(...path, '--help');

    expect(code).toBe(0);
    expect(out).toMatch(/\nExamples?:\n {2}\$ .*phonevault/);
  });

  it.each(HELPED)('of $line fits into 40 columns', async ({ path }) => {
    const { out } = await fakeIo({ columns: 40, outIsTerminal: true }).run(...path, '--help');

    const wide = out.split('\n').filter((line) => widthOf(line) > 40 && / \S+ /.test(line.trim()));
    expect(wide).toEqual([]);
  });

  it('prints the version', async () => {
    expect(await fakeIo().run('--version')).toMatchObject({ code: 0, out: '0.0.0', err: '' });
  });

  it('is coloured when the environment asks for it', async () => {
    const { out } = await fakeIo({ env: { FORCE_COLOR: '1' } }).run('--help');

    expect(out).toContain('\u001b[1mUsage:');
  });
});
