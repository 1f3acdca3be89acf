import { describe, expect, it } from 'vitest';
import { createPasswordCheck } from '../../../../local/iam/account/check-password.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock } from '../../support/clock.ts';
import { ACCOUNT } from '../../support/cph.ts';

const MINUTE = 60_000;

function fixture() {
  const clock = manualClock();
  const check = createPasswordCheck(ACCOUNT, createTime(clock));
  const logIn = (more: Partial<Parameters<typeof check>[0]> = {}) => {
    const login = { userName: 'robot', domain: 'demo', password: 'right-password', ...more };
    const result = check(login);
    return typeof result === 'object' ? result.userName : result;
  };
  return { clock, logIn };
}

describe('the check of a password', () => {
  it.each([
    ['the name and the account', {}, 'robot'],
    ['the id alone', { userId: 'u0', domain: '' }, 'robot'],
    ['a wrong password', { password: 'wrong' }, 'wrong'],
    ['an unknown user', { userName: 'nobody' }, 'wrong'],
    ['another account', { domain: 'other' }, 'wrong'],
    ['a name without an account', { domain: '' }, 'wrong'],
    ['a user with login protection', { userName: 'robot-mfa' }, 'mfa'],
    ['a user without programmatic access', { userName: 'robot-console' }, 'console_only'],
    ['a restricted user with a wrong password', { userName: 'robot-mfa', password: 'x' }, 'wrong'],
  ])('returns for %s: %s', (_, login, expected) => {
    expect(fixture().logIn(login)).toBe(expected);
  });

  it('locks a user, and no other, for 15 minutes after five wrong passwords in a row', () => {
    const { logIn, clock } = fixture();
    const fail = (count: number) => {
      for (let i = 0; i < count; i += 1) logIn({ password: 'wrong' });
    };
    fail(4);
    expect(logIn()).toBe('robot');
    fail(5);
    expect([logIn(), logIn({ userName: 'robot-mfa' })]).toEqual(['locked', 'mfa']);
    clock.move(15 * MINUTE - 1);
    expect(logIn()).toBe('locked');
    clock.move(1);
    expect(logIn()).toBe('robot');
  });
});
