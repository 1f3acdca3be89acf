import { describe, expect, it } from 'vitest';
import { instanceOf } from '../../support/instance.ts';

describe('an instance', () => {
  it('passes event and context to the handler, and only its own environment', async () => {
    const { valueOf } = instanceOf(`exports.handler = async (event, context) => ({
      event,
      requestId: context.getRequestID(),
      env: process.env,
      argv: process.argv.length,
      send: typeof process.send,
    });`);
    expect(await valueOf({ a: [1] })).toEqual({
      event: { a: [1] },
      requestId: 'r1',
      env: { ONLY: 'this' },
      argv: 2,
      send: 'undefined',
    });
  });

  it.each([
    ['a callback', 'exports.handler = (event, context, callback) => callback(null, 7);', 7],
    ['a promise', 'exports.handler = () => Promise.resolve({ b: 1 });', { b: 1 }],
    ['null', 'exports.handler = async () => null;', null],
    ['nothing', 'exports.handler = async () => undefined;', undefined],
  ])('returns the result of %s', async (_, code, expected) => {
    expect(await instanceOf(code).valueOf()).toEqual(expected);
  });

  it.each([
    ['a throw', `exports.handler = async () => { throw new TypeError('no'); };`, 'TypeError', 'no'],
    [
      'a failed callback',
      `exports.handler = (e, c, done) => done(new Error('no'));`,
      'Error',
      'no',
    ],
    ['a text to the callback', `exports.handler = (e, c, done) => done('no');`, 'Error', 'no'],
    ['a result that is not JSON', 'exports.handler = async () => 1n;', 'TypeError', 'BigInt'],
  ])('returns %s as an error', async (_, code, errorType, message) => {
    const reply = await instanceOf(code).call();
    expect(reply).toMatchObject({ kind: 'failed', errorType });
    expect((reply as { errorMessage: string }).errorMessage).toContain(message);
  });

  it.each([
    ['an exit', 'exports.handler = async () => process.exit(3);', /^exit code 3$/],
    [
      'a crash',
      `exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('late'); }));`,
      /^exit code 1$/,
    ],
    [
      'a heap larger than its memory',
      'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };',
      /^(SIG\w+|exit code \d+)$/,
    ],
  ])('ends after %s', async (_, code, expected) => {
    const { call, instance } = instanceOf(code);
    expect(await call()).toEqual({
      kind: 'exited',
      code: expect.stringMatching(expected) as string,
    });
    expect(instance.isAlive).toBe(false);
  });

  it.each([
    ['code that throws', `throw new SyntaxError('bad');`, 'SyntaxError', 'bad'],
    ['a missing handler', 'exports.other = 1;', 'TypeError', 'index.handler'],
  ])('reports %s when it loads', async (_, code, errorType, message) => {
    const failure = await instanceOf(code).instance.loaded;
    expect(failure?.errorType).toBe(errorType);
    expect(failure?.errorMessage).toContain(message);
  });

  it('is killed even if it is busy', async () => {
    const { call, instance } = instanceOf('exports.handler = async () => { for (;;); };');
    await instance.loaded;
    const reply = call();
    instance.kill();
    expect(await reply).toEqual({ kind: 'exited', code: 'SIGKILL' });
  });

  it('returns the printed lines in order, those of loading with the first event', async () => {
    const { call, lines } = instanceOf(`console.log('loading');
      exports.handler = async (event, context) => {
        console.log('one'); console.error('two');
        context.getLogger().info('three');
        process.stdout.write('four');
      };`);
    await call();
    expect(lines.slice(0, 3)).toEqual(['loading', 'one', 'two']);
    expect(lines[3]).toMatch(/^\S+Z r1 INFO three$/);
    expect(lines[4]).toBe('four');
    await call();
    expect(lines.slice(5)).toHaveLength(4);
  });

  it('runs dates and timers on the simulated clock', async () => {
    // Without the simulated clock this wait of an hour would exceed the limit of the test.
    const { valueOf } = instanceOf(
      `const { setTimeout: wait } = require('node:timers/promises');
      exports.handler = async (event, context) => {
        const [from, left] = [Date.now(), context.getRemainingTimeInMilliSeconds()];
        await wait(3_600_000);
        return [Date.now() - from, left - context.getRemainingTimeInMilliSeconds()];
      };`,
      100_000,
    );
    const [took, used] = (await valueOf<number[]>()) ?? [];
    // A timer may fire one machine millisecond early.
    expect(took).toBeGreaterThanOrEqual(3_500_000);
    expect(used).toBeGreaterThanOrEqual(3_500_000);
  });

  it('re-arms a running timer when the speed changes', async () => {
    const { call, lines, setClock, instance } = instanceOf(
      `exports.handler = async () => { await new Promise((done) => setTimeout(done, 3_600_000)); };`,
    );
    await instance.loaded;
    const reply = call();
    const now = Date.now();
    setClock({ machineAt: now, simulatedAt: now, speed: 100_000 });
    expect(await reply).toMatchObject({ kind: 'ok' });
    expect(lines).toEqual([]);
  });
});
