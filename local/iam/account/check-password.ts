import { createHash, timingSafeEqual } from 'node:crypto';
import type { Time } from '../../simulation/time.ts';
import type { Principal } from '../auth/keys.ts';
import { type LoginRestriction, type User, usersOf } from './users.ts';
import type { Account } from './account.ts';

type Login = {
  userId?: string;
  userName?: string;
  domain: string;
  password: string;
};

export type PasswordCheck = (login: Login) => Principal | 'wrong' | 'locked' | LoginRestriction;

const LOCK_AFTER = 5;
const LOCK_MS = 15 * 60_000;

/**
 * Checks the passwords of the account's users. Five wrong ones in a row lock a user for 15 minutes. A login restriction
 * shows only with the right password.
 */
export function createPasswordCheck(account: Account, time: Time): PasswordCheck {
  const users = usersOf(account).map((user) => ({ user, wrong: 0, lockedUntil: 0 }));
  return ({ userId, userName, domain, password }) => {
    const inAccount = [account.domain.id, account.domain.name].includes(domain);
    const state = users.find(({ user }) =>
      userId === undefined
        ? inAccount && userName === user.userName
        : (inAccount || domain === '') && userId === user.userId,
    );
    if (state === undefined) return 'wrong';
    if (state.lockedUntil > time.now()) return 'locked';
    if (timingSafeEqual(digest(password), digest(state.user.password))) {
      state.wrong = 0;
      return state.user.restriction ?? principalOf(state.user);
    }
    state.wrong += 1;
    if (state.wrong >= LOCK_AFTER) {
      state.wrong = 0;
      state.lockedUntil = time.now() + LOCK_MS;
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
