import { describe, expect, it } from 'vitest';
import type { Command } from '../../cli/program/command.ts';
import { commands } from '../../cli/all-commands.ts';
import { widthOf } from '../../cli/text/width.ts';
import { fakeIo } from './support/fake-io.ts';

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

describe('wrong use', () => {
  it.each([
    [['valdate'], "unknown command 'valdate'", 'did you mean validate?'],
    [['validate', '--jsn'], "unknown option '--jsn'", 'did you mean --json?'],
    [['runs', 'shwo', 'x'], "unknown command 'runs shwo'", 'did you mean runs show?'],
    [['runs', 'frobnicate'], "unknown command 'runs frobnicate'", 'see phonevault runs --help'],
    [['invoke'], "missing required argument 'handler'", 'see phonevault invoke --help'],
    [['invoke', 'a', 'b'], 'too many arguments', 'see phonevault invoke --help'],
    [['invoke', 'a', '-t', 'soon'], '"soon" is not a duration such as', 'see phonevault'],
    [['validate', '--policy'], "'-p, --policy <name...>' argument missing", 'see phonevault'],
    [['validate', '--policy', 'a/b'], '"a/b" is not the name of a policy', 'see phonevault'],
    [['validate', 'a.yaml', '--policy', 'b'], 'files and --policy were given', 'one or the other'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish', 'see phonevault'],
    [['runs', '--outcome', 'good'], 'Allowed choices are completed', 'see phonevault'],
    [['runs', '--max', '1e3'], '"1e3" is not a whole number', 'see phonevault'],
    [['--frob'], "unknown option '--frob'", 'see phonevault --help'],
  ])('%j ends with 2 and says what was meant', async (argv, message, hint) => {
    const { code, out, err } = await fakeIo().run(...argv);

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('error: ');
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  it('shows the help when no command is given', async () => {
    const { code, err } = await fakeIo().run();

    expect(code).toBe(2);
    expect(err).toContain('Usage: phonevault');
    expect(err).toContain('error: no command given');
  });

  it('prints wrong use as JSON on standard output with --json', async () => {
    const { code, out, err } = await fakeIo().run('runs', '--json', '--polcy', 'x');

    expect(code).toBe(2);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'wrong_use',
        message: "unknown option '--polcy'",
        hint: 'did you mean --policy?',
      },
    });
  });

  it('does not parse options after --', async () => {
    const { out, err } = await fakeIo().run('invoke', '--', 'a', '--json');

    expect(out).toBe('');
    expect(err).toContain('too many arguments');
  });
});

describe('failures', () => {
  const failing = (error: Error, env: Record<string, string> = {}) =>
    fakeIo({ env, readStdin: () => Promise.reject(error) });

  it("prints Phonevault's errors with their hint", async () => {
    const { code, out, err } = await fakeIo().run('invoke', 'drive');

    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('error: no built handlers in /nowhere\nhint: run npm run build');
  });

  it('prints the name of an unknown error, not its message', async () => {
    const { code, out, err } = await failing(new TypeError('key hunter2')).run('validate', '-');

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('error: unexpected TypeError');
    expect(err).toContain('PHONEVAULT_DEBUG=1');
    expect(err).not.toContain('hunter2');
    expect(err.split('\n')).toHaveLength(2);
  });

  it('prints the stack with PHONEVAULT_DEBUG, with keys redacted', async () => {
    const key = 'A1b2'.repeat(12);
    const cause = new Error(`token ${key}`);
    const { err } = await failing(new TypeError('broken', { cause }), {
      PHONEVAULT_DEBUG: '1',
    }).run('validate', '-');

    expect(err).toMatch(/TypeError: broken\n\s+at .*run-cli\.test\.ts/);
    expect(err).toContain('caused by Error: token [secret]');
    expect(err).not.toContain(key);
  });

  it('prints errors as JSON with --json', async () => {
    const { code, out } = await failing(new TypeError('hunter2')).run('validate', '-', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'unexpected' } });
    expect(out).not.toContain('hunter2');
  });
});

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

describe('text from elsewhere', () => {
  it('cannot control the terminal', async () => {
    const { out, err } = await fakeIo({
      readStdin: async () =>
        'name: "\u001b]0;owned\u0007"\n# \u202efdp\u001b[2J\nselect: \u001b[2J',
    }).run('validate', '-');

    expect(out + err).not.toMatch(/[\u0007\u001b\u202e]/);
    expect(out).toContain('\\u{1b}');
  });
});
