import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { credentialsOf, type FgContext, requestIdOf, timeLeft } from '../../lib/runtime/context.ts';
import { playClock } from '../../testing/play-clock.ts';
import { revealSecrets } from '../support/reveal-secrets.ts';

describe('credentialsOf', () => {
  it('calls the getters with the context as `this`', () => {
    const context = {
      held: 'tok',
      getToken() {
        return this.held;
      },
      getSecurityAccessKey: () => 'AK ',
      getSecuritySecretKey: () => 'SK',
      getSecurityToken: () => 'ST\n',
    };
    expect(revealSecrets(credentialsOf(context))).toEqual({
      token: 'tok',
      accessKey: 'AK',
      secretKey: 'SK',
      securityToken: 'ST',
    });
  });

  it.each<[string, FgContext]>([
    ['no methods', {}],
    ['no agency', { getToken: () => '', getSecurityAccessKey: () => undefined as never }],
  ])('returns nothing with %s', (_what, context) => {
    expect(Object.values(credentialsOf(context))).toEqual([undefined, '', undefined, undefined]);
  });

  it('does not print credentials', () => {
    const credentials = credentialsOf({ getToken: () => 'hunter2' });
    expect(JSON.stringify({ credentials }) + inspect([credentials])).not.toContain('hunter2');
  });
});

describe('timeLeft', () => {
  it('returns what the context says', () => {
    const left = timeLeft({ getRemainingTimeInMilliSeconds: () => 1_234 }, playClock(), 60_000);
    expect(left()).toBe(1_234);
  });

  it.each<FgContext>([{}, { getRemainingTimeInMilliSeconds: () => NaN }])(
    'counts down by the clock when the context does not say',
    (context) => {
      const clock = playClock();
      const left = timeLeft(context, clock, 60_000);
      clock.move(59_000);
      expect(left()).toBe(1_000);
    },
  );
});

describe('requestIdOf', () => {
  it.each<[FgContext, string]>([
    [{ getRequestID: () => 'r1' }, 'r1'],
    [{}, ''],
  ])('reads %o as "%s"', (context, expected) => {
    expect(requestIdOf(context)).toBe(expected);
  });
});
