import { createHash, timingSafeEqual } from 'node:crypto';
import type { Time } from '../../simulation/time.ts';
import type { Principal } from '../auth/keys.ts';
import { type Bar, type User, usersOf } from './users.ts';
import type { Account } from './account.ts';

type Given = {
  userId?: string;
  userName?: string;
  domain: string;
  password: string;
};

export type PasswordCheck = (given: Given) => Principal | 'wrong' | 'locked' | Bar;

const LOCK_AFTER = 5;
const LOCK = 15 * 60_000;

/**
 * Checks the password of the account's users; five wrong ones in a row lock that user for 15 minutes. A user whom
 * something else bars learns of it only with the right password.
 */
export function createPasswordCheck(account: Account, time: Time): PasswordCheck {
  const users = usersOf(account).map((user) => ({ user, wrong: 0, lockedUntil: 0 }));
  return ({ userId, userName, domain, password }) => {
    const inAccount = [account.domain.id, account.domain.name].includes(domain);
    const known = users.find(({ user }) =>
      userId === undefined
        ? inAccount && userName === user.userName
        : (inAccount || domain === '') && userId === user.userId,
    );
    if (known === undefined) return 'wrong';
    if (known.lockedUntil > time.now()) return 'locked';
    if (timingSafeEqual(digest(password), digest(known.user.password))) {
      known.wrong = 0;
      return known.user.bar ?? principalOf(known.user);
    }
    known.wrong += 1;
    if (known.wrong >= LOCK_AFTER) {
      known.wrong = 0;
      known.lockedUntil = time.now() + LOCK;
    }
    return 'wrong';
  };
}

function principalOf({ userId, userName, domainId }: User): Principal {
  return { userId, userName, domainId };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
