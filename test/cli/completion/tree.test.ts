import { expect, it } from 'vitest';
import { placesOf } from '../../../cli/completion/tree.ts';
import type { Command } from '../../../cli/program/command.ts';
const base = { summary: 'do it', examples: [], run: async () => 0 };
const commands: Command[] = [
  {
    ...base,
    name: 'check',
    arguments: [{ name: '[file...]', text: 'files' }],
    options: [
      { flags: '-w, --wait', text: 'wait' },
      { flags: '--limit <n>', text: 'at most' },
      { flags: '--kind <word>', text: 'the kind', choices: ['a', 'b'] },
    ],
    subcommands: [{ ...base, name: 'show', arguments: [{ name: '<id>', text: 'id' }] }],
  },
  { ...base, name: 'pass', passThrough: true },
];
const at = (where: string) => placesOf(commands).find((place) => place.at === where);

it('lists the commands, and help, at the root and after help', () => {
  const names = (where: string) => at(where)?.commands.map(({ name }) => name);
  expect(names('')).toEqual(['check', 'pass', 'help']);
  expect(names('/help')).toEqual(['check', 'pass']);
});

it('knows which options take a value, and which values', () => {
  expect(at('/check')?.options).toMatchObject([
    { long: '--wait', short: '-w' },
    { long: '--limit', values: 'unknown' },
    { long: '--kind', values: ['a', 'b'] },
    { long: '--json' },
    { long: '--lang', values: ['en', 'zh'] },
    { long: '--output', short: '-o', values: ['table', 'wide', 'json', 'yaml'] },
    { long: '--help', short: '-h' },
  ]);
  expect(at('/check')?.options[0]).not.toHaveProperty('values');
});

it('completes files only where the argument is a file', () => {
  expect([at('/check')?.args, at('/check/show')?.args]).toEqual(['files', 'unknown']);
});

it('does not offer --json to a command that passes its options on', () => {
  expect(at('/pass')?.options.map(({ long }) => long)).toEqual(['--help']);
});
