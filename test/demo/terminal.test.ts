import { afterEach, expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run-cli.ts';
import { createTerminal, say, title, withSettings, withSpeed } from '../../demo/terminal.ts';
import { fakeIo } from '../cli/support/fake-io.ts';

afterEach(() => vi.unstubAllEnvs());

const ROOT = new URL('../..', import.meta.url).pathname;

it('takes no setting and no key of the caller', () => {
  vi.stubEnv('PHONEVAULT_PREFIX', 'mine/');
  vi.stubEnv('HUAWEICLOUD_SDK_AK', 'MYKEY');
  vi.stubEnv('NO_COLOR', '1');
  const terminal = createTerminal(ROOT, '/data');

  expect(Object.keys(terminal.env).sort()).toEqual(['COLUMNS', 'FORCE_COLOR', 'NO_COLOR', 'TERM']);
  expect(terminal.env.NO_COLOR).toBe('1');
  expect(terminal.home).toBe('/data');
  terminal.close();
});

it('prints errors and progress where it prints all else', () => {
  const terminal = createTerminal(ROOT, '/data');

  expect(terminal.err).toBe(terminal.out);
  expect(terminal.errColumns).toBe(terminal.columns);
  terminal.close();
});

it('adds settings for the command line', () => {
  const { io } = fakeIo({ env: { TERM: 'xterm' } });

  expect(withSettings(io, { A: '1' }).env).toEqual({ TERM: 'xterm', A: '1' });
  expect(io.env).toEqual({ TERM: 'xterm' });
});

it('runs the command line, which takes its settings from there', async () => {
  const terminal = createTerminal(ROOT, '/data');
  const said: string[] = [];
  const quiet = Object.create(withSettings(terminal, { A: '1' }), {
    out: { value: (text: string) => void said.push(text), writable: true },
    err: { value: (text: string) => void said.push(text), writable: true },
  }) as typeof terminal;

  expect(await runCli(['completion', 'bash'], quiet)).toBe(0);
  expect(said.join('')).toContain('phonevault');
  terminal.close();
});

it('runs a clock faster', async () => {
  const { io } = fakeIo();
  const start = io.clock.now();
  const fast = withSpeed(io, 12).clock;

  await fast.sleep(60_000);

  expect(io.clock.now() - start).toBe(5_000);
  expect(fast.now() - start).toBe(60_000);
});

it('folds what it prints', () => {
  const { io, printed } = fakeIo({ columns: 8 });
  say(io, 'one two three');
  title(io, 'four five');

  expect(printed.out).toEqual(['one two\n  three', '\nfour\n  five']);
});
