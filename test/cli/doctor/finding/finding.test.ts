import { describe, expect, it } from 'vitest';
import {
  failed,
  ok,
  skipped,
  unknown,
  verdictOf,
  warning,
  worstOf,
} from '../../../../cli/doctor/finding/finding.ts';
import { PhonevaultError, ServiceError } from '../../../../lib/errors.ts';

describe('worstOf', () => {
  it('is ok only when nothing was found', () => {
    expect(worstOf([], 'fine')).toEqual(ok('fine'));
    expect(worstOf([ok('a'), ok('b')], 'fine')).toEqual(ok('fine'));
    expect(worstOf([ok('a'), skipped('b')], 'fine')).toEqual({ outcome: 'skipped', message: 'b' });
  });

  it('has the worst outcome, every problem in order, and each fix once', () => {
    const verdicts = [unknown('a'), warning('b', 'deploy'), failed('c', 'deploy'), ok('d')];
    expect(worstOf(verdicts, 'fine')).toEqual({
      ...{ outcome: 'failed', message: 'a; b; c', fix: 'deploy' },
    });
    expect(worstOf(verdicts.slice(0, 2), 'fine').outcome).toBe('warning');
  });
});

describe('verdictOf', () => {
  const facts = { service: 'obs', operation: 'GetObject', carriedOut: 'no' } as const;
  const service = (code: 'access_denied' | 'service', status: number) =>
    new ServiceError(code, 'obs GetObject: no', { ...facts, status });

  it('names the right that is missing when access is denied', () => {
    const verdict = verdictOf(service('access_denied', 403), 'obs:object:GetObject');
    expect(verdict.outcome).toBe('failed');
    expect(verdict.fix).toContain('grant these credentials obs:object:GetObject');
  });

  it.each([
    ['a server’s error', service('service', 503)],
    ['no response', new PhonevaultError('unreachable', 'no response')],
    ['throttling', new PhonevaultError('throttled', 'later')],
    ['an error that passes', new PhonevaultError('service', 'x', { retryable: true })],
  ])('does not blame the account for %s', (_, error) => {
    expect(verdictOf(error).outcome).toBe('unknown');
  });

  it('fails on a refusal, with the hint of the error', () => {
    expect(verdictOf(service('service', 400))).toMatchObject({ outcome: 'failed' });
    const hinted = new PhonevaultError('service', 'x', { hint: 'do this' });
    expect(verdictOf(hinted).fix).toBe('do this');
  });

  it('hides no error of the program itself', () => {
    expect(() => verdictOf(new TypeError('bug'))).toThrow(TypeError);
  });
});
