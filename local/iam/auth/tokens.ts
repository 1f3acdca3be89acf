import { createHash } from 'node:crypto';
import { randomBytes, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { Principal } from './keys.ts';
import { marked } from './mark.ts';

export type TokenRecord = {
  principal: Principal;
  methods: string[];
  /** Undefined and not `domainScoped`: an unscoped token. */
  projectId: string | undefined;
  domainScoped: boolean;
  issuedAt: number;
  expiresAt: number;
};

export type Tokens = {
  issue(claims: Pick<TokenRecord, 'principal' | 'methods' | 'projectId' | 'domainScoped'>): {
    token: string;
    record: TokenRecord;
  };
  /** Returns a token's record, also an expired one; undefined if it was never issued. */
  find(token: string): TokenRecord | undefined;
};

const LIFETIME = 24 * 3_600_000;
const FORGET_AFTER = 2 * LIFETIME;

/** Tokens that are valid for 24 hours, some KB long, in PKI form (`MII...`). */
export function createTokens(options: {
  random: Random;
  time: Time;
  /** A word inside every token, for tests that search for leaks. */
  mark?: string | undefined;
}): Tokens {
  const { random, time, mark } = options;
  // Kept by digest, so that a lookup takes the same time for any wrong token.
  const records = new Map<string, TokenRecord>();
  const digest = (token: string) => createHash('sha256').update(token).digest('base64');
  return {
    issue(claims) {
      for (const [key, old] of records) {
        if (old.issuedAt + FORGET_AFTER > time.now()) break;
        records.delete(key);
      }
      const random3K = Buffer.from(randomBytes(random, 3_000)).toString('base64');
      const token = marked(`MII${random3K.replaceAll('/', '-')}`, mark);
      const record = { ...claims, issuedAt: time.now(), expiresAt: time.now() + LIFETIME };
      records.set(digest(token), record);
      return { token, record };
    },
    find: (token) => records.get(digest(token)),
  };
}
