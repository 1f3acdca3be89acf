import { beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../lib/runtime/log.ts';
import { HOSTILE_NAMES, UNSAFE_TEXT } from '../../testing/hostile-names.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { type CliNight, cliNight } from './support/cli-night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const NAMES = Object.values(HOSTILE_NAMES);
const COLOURS = /\u001b\[(?:0|1|2|22|3[0-7]|39|9[0-7])m/g;
const GREEN = '\u001b[32m';

/** A fleet of phones with hostile names on a hostile server, of which one phone fails and one does not run. */
async function hostileNight(terminal: boolean): Promise<CliNight> {
  const phones = NAMES.map((name) => ({ name, imageVersion: 'AOSP 9.0\n\u202eforged' }));
  const fleet = {
    servers: [
      {
        name: 'server\nforged\u001b[8m',
        tags: { 'env\u061c': 'prod\nforged' },
        phones: [{ name: 'b\nexported (61)', status: 8 }, ...phones],
      },
    ],
  };
  const size = terminal ? { columns: 100, errColumns: 100 } : {};
  const cli = await cliNight({
    fleet,
    io: { outIsTerminal: terminal, errIsTerminal: terminal, ...size },
  });
  await cli.night.putPolicy(NIGHTLY);
  return cli;
}

function expectHarmless(text: string): void {
  // The commands paint no more than their own words; a name is never painted green.
  const plain = text.replaceAll(COLOURS, '');
  expect(plain).not.toMatch(UNSAFE_TEXT);
  expect(plain).not.toMatch(/^\s*exported \(61\)/m);
  expect(plain).not.toMatch(/^\s*(?:forged|game-9998)/m);
  expect(text).not.toContain(`${GREEN}green`);
  expect(text).not.toContain('x'.repeat(100));
}

describe.each([
  ['in a pipe', false],
  ['on a terminal', true],
])('hostile names of phones, %s', (_, terminal) => {
  let cli: CliNight;
  let runId: string;

  beforeAll(async () => {
    cli = await hostileNight(terminal);
    const { out, err, status } = await cli.run('run', 'nightly', '--token', 't1');
    for (const text of [out, err, ...status]) expectHarmless(text);
    expect(out).toContain(`(${NAMES.length})`);
    expect(out).toContain('\\u{a}exported (61)');
    runId = /Run (?:\u001b\[1m)?(nightly-[\w-]+)/.exec(`${err}${out}`)?.[1] ?? '';
    runId ||= /run (nightly-[\w-]+)/.exec(err)?.[1] ?? '';
  });

  it.each([
    'plan nightly --all',
    'status',
    'status nightly --phones',
    'runs',
    'runs show RUN --phones --log',
    'archives',
    'archives check',
    'archives --rebuild',
    'doctor',
    'cancel RUN',
    'run nightly --phone 00000000000000000000000000000000',
  ])('phonevault %s prints them as data', async (line) => {
    const args = line.replace('RUN', runId).split(' ');
    const { out, err, status } = await cli.run(...args);
    expect(`${out}${err}`).not.toContain('wrong_use');
    for (const text of [out, err, ...status]) expectHarmless(text);
  });

  it.each(['plan nightly', 'status --phones', 'runs show RUN', 'archives'])(
    'phonevault %s --json prints them as they are, escaped',
    async (line) => {
      const { out } = await cli.run(...line.replace('RUN', runId).split(' '), '--json');
      expect(out).not.toMatch(UNSAFE_TEXT);
      const names = JSON.stringify(JSON.parse(out));
      expect(names).toContain(JSON.stringify(HOSTILE_NAMES['a line end']).slice(1, -1));
    },
  );
});

it('a log line is one line of visible characters', () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), { now: () => 0 });
  for (const name of NAMES) log.info('phone', { phone_name: name });
  for (const [index, line] of lines.entries()) {
    expect(line).not.toMatch(UNSAFE_TEXT);
    expect(line).not.toContain('\n');
    const { phone_name } = JSON.parse(line) as { phone_name: string };
    expect(NAMES[index]?.startsWith(phone_name.replace(/…$/, ''))).toBe(true);
  }
});
