import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import type { Principal } from '../auth/keys.ts';

/** What keeps a user from getting a token though the password is right. */
export type Bar = 'mfa' | 'console_only';
export type User = Principal & { password: string; bar?: Bar };

/**
 * The users of the account: its own, and beside it `<name>-mfa`, who has login protection on, and `<name>-console`, who
 * has no programmatic access. All have the same password.
 */
export function usersOf({ user }: Account): User[] {
  const beside = (suffix: string, bar: Bar): User => {
    const userName = `${user.userName}-${suffix}`;
    const userId = createHash('sha256')
      .update(`${user.userId}/${suffix}`)
      .digest('hex')
      .slice(0, 32);
    return { ...user, userId, userName, bar };
  };
  return [user, beside('mfa', 'mfa'), beside('console', 'console_only')];
}
