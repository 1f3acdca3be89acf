import { createHash } from 'node:crypto';
import { randomBytes, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { Principal } from './keys.ts';
import { marked } from './mark.ts';

export type TokenRecord = {
  principal: Principal;
  methods: string[];
  /** Neither: an unscoped token. */
  projectId: string | undefined;
  domainScoped: boolean;
  issuedAt: number;
  expiresAt: number;
};

export type Tokens = {
  issue(facts: Pick<TokenRecord, 'principal' | 'methods' | 'projectId' | 'domainScoped'>): {
    token: string;
    record: TokenRecord;
  };
  /** What is known of a token, also when it has expired; undefined for one never issued. */
  find(token: string): TokenRecord | undefined;
};

const LIFETIME = 24 * 3_600_000;
const FORGET_AFTER = 2 * LIFETIME;

/** Tokens of 24 hours, some KB long, in the PKI form (`MII...`). */
export function createTokens(options: {
  random: Random;
  time: Time;
  /** Stands in every token. */
  mark?: string | undefined;
}): Tokens {
  const { random, time, mark } = options;
  // Kept by digest: looking one up then takes the same time whatever part of it is right.
  const records = new Map<string, TokenRecord>();
  const digest = (token: string) => createHash('sha256').update(token).digest('base64');
  return {
    issue(facts) {
      for (const [key, old] of records) {
        if (old.issuedAt + FORGET_AFTER > time.now()) break;
        records.delete(key);
      }
      const random3K = Buffer.from(randomBytes(random, 3_000)).toString('base64');
      const token = marked(`MII${random3K.replaceAll('/', '-')}`, mark);
      const record = { ...facts, issuedAt: time.now(), expiresAt: time.now() + LIFETIME };
      records.set(digest(token), record);
      return { token, record };
    },
    find: (token) => records.get(digest(token)),
  };
}
