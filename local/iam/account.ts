import { createHash, timingSafeEqual } from 'node:crypto';
import type { Time } from '../types.ts';
import type { Principal } from './keys.ts';

export type Account = {
  domain: { id: string; name: string };
  project: { id: string; name: string };
  user: Principal & { password: string };
  /** The agency that CPH functions run under, by name. */
  agency: Principal;
};

export type PasswordCheck = 'right' | 'wrong' | 'locked';

const LOCK_AFTER = 5;
const LOCK = 15 * 60_000;

/** Checks the one user's password; five wrong ones in a row lock the user for 15 minutes. */
export function createPasswordCheck(
  account: Account,
  time: Time,
): (given: {
  userId?: string;
  userName?: string;
  domain: string;
  password: string;
}) => PasswordCheck {
  let wrong = 0;
  let lockedUntil = 0;
  return ({ userId, userName, domain, password }) => {
    const { user } = account;
    const known =
      (userId === undefined ? userName === user.userName : userId === user.userId) &&
      (domain === account.domain.id || domain === account.domain.name || domain === '');
    if (!known || (domain === '' && userId === undefined)) return 'wrong';
    if (lockedUntil > time.now()) return 'locked';
    if (timingSafeEqual(digest(password), digest(user.password))) {
      wrong = 0;
      return 'right';
    }
    wrong += 1;
    if (wrong >= LOCK_AFTER) {
      wrong = 0;
      lockedUntil = time.now() + LOCK;
    }
    return 'wrong';
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
