import { describe, expect, it } from 'vitest';
import { reportError } from '../../../cli/program/report-error.ts';
import { type ErrorCode, PhonevaultError } from '../../../lib/errors.ts';
import { meanings } from '../../../lib/meanings/meanings.ts';
import { fakeIo } from '../support/fake-io.ts';

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

    expect(err).toMatch(/TypeError: broken\n\s+at .*report-error\.test\.ts/);
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

describe('wrong use', () => {
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
});

describe('in Chinese', () => {
  const codes = Object.keys(meanings.error) as ErrorCode[];
  const printed = (error: Error, argv: string[] = []) => {
    const { io, printed: lines } = fakeIo({ language: 'zh' });
    reportError(error, argv, io, 'phonevault --help');
    return { err: lines.err, out: lines.out };
  };

  it.each(codes)('%s: its meaning, then the message as it is, then what to do', (code) => {
    const message = 'obs PutObject: HTTP 503 of nobody';
    const { err } = printed(new PhonevaultError(code, message, { hint: 'ask nobody' }));
    expect(err[0]).toMatch(new RegExp(`^错误：.*\\p{Script=Han}.*（${code}）$`, 'u'));
    expect(err[1]).toBe(`  ${message}`);
    expect(err.at(-1)).toMatch(/ask nobody$/);
    if (err.length > 3) expect(err[2]).toMatch(/^提示：.*\p{Script=Han}/u);
  });

  it('says a hint in Chinese alone where it has words for it', () => {
    const error = new PhonevaultError('policy_not_found', 'policy nightli does not exist', {
      hint: 'did you mean nightly?',
    });
    expect(printed(error).err).toEqual([
      '错误：策略不存在（policy_not_found）',
      '  policy nightli does not exist',
      '提示：您是否想输入 nightly？',
    ]);
  });

  it('says what wrong use and unknown errors are', async () => {
    const { err } = await fakeIo().run('runs', '--lang', 'zh', '--polcy', 'x');
    expect(err).toBe(
      "错误：命令行用法错误（wrong_use）\n  unknown option '--polcy'\n提示：您是否想输入 --policy？",
    );
    expect(printed(new TypeError('hunter2')).err[0]).toBe('错误：意外错误（unexpected）');
  });

  it('leaves data as it is', () => {
    const error = new PhonevaultError('conflict', 'it is there', { hint: 'did you mean nightly?' });
    expect(JSON.parse(printed(error, ['--json']).out.join(''))).toEqual({
      error: { code: 'conflict', message: 'it is there', hint: 'did you mean nightly?' },
    });
  });
});

it('prints each line of a hint', () => {
  const { io, printed } = fakeIo();
  const error = new PhonevaultError('credentials_refused', 'no', { hint: 'one\ntwo' });
  reportError(error, [], io, '');
  expect(printed.err[1]).toBe('hint: one; two');
});
