import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../lib/errors.ts';
import { createLog } from '../../lib/runtime/log.ts';
import {
  withForeignEventsIgnored,
  withErrorReporting,
} from '../../lib/runtime/with-error-reporting.ts';
import { playClock } from '../../testing/play-clock.ts';

async function failWith(error: Error) {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), playClock());
  const thrown = await withErrorReporting(log, () => Promise.reject(error)).catch(
    (e: unknown) => e,
  );
  return { thrown: thrown as Error, line: JSON.parse(lines[0] ?? '{}') as Record<string, unknown> };
}

describe('withErrorReporting', () => {
  it('returns the result of the work', async () => {
    const log = createLog(() => undefined, playClock());
    expect(await withErrorReporting(log, () => Promise.resolve(7))).toBe(7);
  });

  it('puts the hint into the message, and logs code and hint', async () => {
    const error = new PhonevaultError('credentials_missing', 'no keys', { hint: 'set an agency' });
    const { thrown, line } = await failWith(error);
    expect(thrown).toMatchObject({ name: 'PhonevaultError', code: 'credentials_missing' });
    expect(thrown.message).toBe('no keys: set an agency');
    expect(thrown.cause).toBe(error);
    expect(error.message).toBe('no keys');
    expect(line).toMatchObject({ event: 'invocation_failed', level: 'error' });
    expect(JSON.stringify(line)).toContain('set an agency');
  });

  it('does not log the message of a foreign error', async () => {
    const { thrown, line } = await failWith(new TypeError('s3cr3t is not a function'));
    expect(thrown.message).toBe('s3cr3t is not a function');
    expect(JSON.stringify(line)).not.toContain('s3cr3t');
  });
});

describe('withForeignEventsIgnored', () => {
  const run = async (error: Error) => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), playClock());
    const work = () => Promise.reject<string>(error);
    const result = await withForeignEventsIgnored(log, work, 'ignored').catch(
      (thrown: unknown) => thrown,
    );
    return { result, logged: lines.join('') };
  };

  it('returns `ignored` for a foreign event, and logs it', async () => {
    const { result, logged } = await run(new PhonevaultError('event_invalid', 'not of a timer'));
    expect(result).toBe('ignored');
    expect(logged).toContain('not of a timer');
    expect(logged).toContain('"event_ignored"');
  });

  it('throws any other error', async () => {
    const error = new PhonevaultError('unreachable', 'OBS did not answer');
    expect(await run(error)).toEqual({ result: error, logged: '' });
  });
});
