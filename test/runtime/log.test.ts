import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../lib/errors.ts';
import { createLog, type Fields } from '../../lib/runtime/log.ts';
import { secret } from '../../lib/secret.ts';
import { playClock } from '../../testing/play-clock.ts';

function setUp(base?: Fields) {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), playClock(Date.UTC(2026, 0, 2, 3, 4, 5)), base);
  const last = () => JSON.parse(lines.at(-1) ?? '') as Fields;
  return { log, lines, last };
}

describe('createLog', () => {
  it('writes one JSON object per line, with the base fields', () => {
    const { log, lines } = setUp({ request: 'r1' });
    log
      .with({ run_id: 'nightly-1' })
      .info('run_settled', { exported: 3, note: 'a\nb', gone: undefined });
    log.warn('slow');
    log.error('failed');
    expect(lines.map((line) => JSON.parse(line) as Fields)).toEqual([
      {
        time: '2026-01-02T03:04:05.000Z',
        level: 'info',
        event: 'run_settled',
        request: 'r1',
        run_id: 'nightly-1',
        exported: 3,
        note: 'a\nb',
      },
      { time: '2026-01-02T03:04:05.000Z', level: 'warn', event: 'slow', request: 'r1' },
      { time: '2026-01-02T03:04:05.000Z', level: 'error', event: 'failed', request: 'r1' },
    ]);
    expect(lines.join('')).not.toContain('\n');
  });

  it('does not let fields replace time, level and event', () => {
    const { log, last } = setUp();
    log.info('real', { event: 'forged', level: 'error', time: 'never' });
    expect(last()).toMatchObject({ event: 'real', level: 'info' });
  });

  it.each([
    'token',
    'x-auth-token',
    'securityToken',
    'http_tokens',
    'secretKey',
    'accessKey',
    'access_key',
    'password',
    'Authorization',
    'signature',
    'credentials',
    'imei',
    'address',
    'public_ip',
    'ip',
    'property',
    'body',
    'headers',
  ])('hides the field %s', (name) => {
    const { log, lines } = setUp();
    log.info('x', { [name]: 'hunter2' });
    expect(lines[0]).not.toContain('hunter2');
  });

  it.each([
    ['a secret', secret('hunter2')],
    ['a list with a secret', [secret('hunter2')]],
    ['an object', { inner: 'hunter2' }],
    ['a list of objects', [{ inner: 'hunter2' }]],
    ['a nested list', [['hunter2']]],
    ['a function', () => 'hunter2'],
    ["a foreign error's message", new Error('hunter2')],
    ['a map', new Map([['a', 'hunter2']])],
  ])('does not write %s', (_what, value) => {
    const { log, lines } = setUp();
    log.info('x', { value });
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('"value"');
  });

  it('writes the facts of our errors', () => {
    const { log, last } = setUp();
    const facts = {
      service: 'cph',
      operation: 'list-jobs',
      status: 500,
      requestId: 'r1',
      carriedOut: 'unknown',
    } as const;
    log.error('x', { error: new ServiceError('service', 'it broke', facts, { hint: 'wait' }) });
    expect(last().error).toEqual({
      code: 'service',
      message: 'it broke',
      hint: 'wait',
      service: 'cph',
      operation: 'list-jobs',
      status: 500,
      requestId: 'r1',
    });
  });

  it('writes name and place of a foreign error', () => {
    const { log, last } = setUp();
    log.error('x', { error: new TypeError('hunter2') });
    expect(last().error).toMatchObject({
      name: 'TypeError',
      at: expect.stringContaining('log.test') as string,
    });
  });

  it('limits texts, lists and the number of fields', () => {
    const { log, lines } = setUp();
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`f${i}`, 'x'.repeat(5_000)]),
    );
    log.info('x', {
      text: 'y'.repeat(100_000),
      list: Array.from({ length: 10_000 }, String),
      ...many,
    });
    expect(lines[0]?.length).toBeLessThan(25_000);
    expect(lines[0]).toContain('9980 more');
  });
});
