import { expect, it } from 'vitest';
import { usersOf } from '../../../../local/iam/account/users.ts';
import { ACCOUNT } from '../../support/cph.ts';

it('returns the account’s user and two restricted ones, each with an id of its own', () => {
  const users = usersOf(ACCOUNT);
  expect(users.map(({ userName, restriction }) => [userName, restriction])).toEqual([
    ['robot', undefined],
    ['robot-mfa', 'mfa'],
    ['robot-console', 'console_only'],
  ]);
  expect(new Set(users.map(({ userId }) => userId)).size).toBe(3);
  expect(usersOf(ACCOUNT)).toEqual(users);
});
