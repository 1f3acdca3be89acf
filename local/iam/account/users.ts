import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import type { Principal } from '../auth/keys.ts';

/** Why a user gets no token although the password is right. */
export type LoginRestriction = 'mfa' | 'console_only';
export type User = Principal & { password: string; restriction?: LoginRestriction };

/**
 * Returns the users of the account: its own, `<name>-mfa` with login protection, and `<name>-console` without programmatic
 * access. All have the same password.
 */
export function usersOf({ user }: Account): User[] {
  const restricted = (suffix: string, restriction: LoginRestriction): User => {
    const userName = `${user.userName}-${suffix}`;
    const userId = createHash('sha256')
      .update(`${user.userId}/${suffix}`)
      .digest('hex')
      .slice(0, 32);
    return { ...user, userId, userName, restriction };
  };
  return [user, restricted('mfa', 'mfa'), restricted('console', 'console_only')];
}
