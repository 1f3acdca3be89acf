import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { ContextData } from '../../../../local/functiongraph/runtime/instance.ts';
import { CONTEXT } from '../../support/instance.ts';

type Logger = Record<'debug' | 'info' | 'warn' | 'error' | 'setLevel', (message: unknown) => void>;
type Context = Record<string, (name?: string) => unknown> & { getLogger(): Logger };
const { createContext } = createRequire(import.meta.url)(
  '../../../../local/functiongraph/instance/context.cjs',
) as {
  createContext(data: ContextData, now: () => number, write: (line: string) => void): Context;
};

function fixture() {
  let now = 0;
  const lines: string[] = [];
  const context = createContext(
    CONTEXT,
    () => now,
    (line) => void lines.push(line),
  );
  return { context, lines, move: (ms: number) => void (now += ms) };
}

describe('the context of a handler', () => {
  it('returns the data of the function, and nothing for deprecated methods', () => {
    const { context } = fixture();
    const value = (name: string) => context[name]?.();
    expect([value('getFunctionName'), value('getVersion'), value('getMemorySize')]).toEqual([
      'backup',
      'latest',
      '256',
    ]);
    expect([value('getToken'), value('getSecuritySecretKey')]).toEqual(['t', 's']);
    expect([value('getAccessKey'), value('getSecretKey'), value('getWorkflowID')]).toEqual([
      '',
      '',
      '',
    ]);
    expect([context['getUserData']?.('PLAIN'), context['getUserData']?.('toString')]).toEqual([
      '1',
      undefined,
    ]);
  });

  it('counts the remaining time down, and returns the limit as running time', () => {
    const { context, move } = fixture();
    move(1_000);
    expect(context['getRemainingTimeInMilliSeconds']?.()).toBe(29_000);
    expect(context['getRunningTimeInSeconds']?.()).toBe(30_000);
  });

  it('logs with time, request and level, from INFO up unless another level is set', () => {
    const { context, lines } = fixture();
    const logger = context.getLogger();
    logger.debug('hidden');
    logger.info({ a: 1 });
    logger.setLevel('error');
    logger.warn('hidden');
    logger.error('e');
    expect(lines).toEqual([
      '1970-01-01T00:00:00Z r1 INFO {"a":1}',
      '1970-01-01T00:00:00Z r1 ERROR e',
    ]);
  });

  it('splits a message over 90 KB', () => {
    const { context, lines } = fixture();
    context.getLogger().info('x'.repeat(90 * 1024 + 1));
    expect(lines.map((line) => line.length - '1970-01-01T00:00:00Z r1 INFO '.length)).toEqual([
      92_160, 1,
    ]);
  });
});
