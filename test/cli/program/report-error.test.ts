import { describe, expect, it } from 'vitest';
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
