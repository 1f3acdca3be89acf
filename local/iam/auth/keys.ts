import { pick, randomBytes, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import { marked } from './mark.ts';

/** An access key as the services see it. */
export type KeyRecord = {
  accessKey: string;
  secretKey: string;
  /** Of a temporary key; every request must send it. */
  securityToken: string | undefined;
  projectId: string;
  /** Real time at which the key expires; undefined for a permanent key. */
  expiresAt: number | undefined;
  /** The key of a function, which dates its requests in simulated time. */
  usesSimulatedTime?: boolean;
};

export type KeyStore = {
  find(accessKey: string): KeyRecord | undefined;
};

/** Keys that an external server issued: temporary with a security token, else permanent. */
export type ExternalKeys = Pick<
  KeyRecord,
  'accessKey' | 'secretKey' | 'securityToken' | 'expiresAt'
>;

/** Returns temporary keys of an external object server, which must know them too. */
export type KeySource = (lifetimeMs: number) => Promise<ExternalKeys>;

/** The owner of a key or token. */
export type Principal = {
  userId: string;
  userName: string;
  domainId: string;
  /** A function: its clock is simulated time. */
  usesSimulatedTime?: true;
};

export type IssuedKey = KeyRecord & { principal: Principal };

/** A KeyStore that also knows the owners. */
export type Keys = {
  find(accessKey: string): IssuedKey | undefined;
  /** Issues a temporary key with a security token, or a permanent key without `lifetimeMs`. */
  issue(options: { principal: Principal; projectId: string; lifetimeMs?: number }): IssuedKey;
  /** Registers a key that an external server issued. */
  register(external: ExternalKeys, owner: { principal: Principal; projectId: string }): IssuedKey;
};

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const MIXED = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** The access keys of the cloud; none at first. */
export function createKeys(options: {
  random: Random;
  time: Time;
  /** A word inside every secret, for tests that search for leaks. */
  mark?: string | undefined;
}): Keys {
  const { random, time, mark } = options;
  const keys = new Map<string, IssuedKey>();
  const text = (alphabet: string[], length: number) =>
    Array.from({ length }, () => pick(random, alphabet)).join('');
  return {
    find: (accessKey) => keys.get(accessKey),
    issue({ principal, projectId, lifetimeMs }) {
      const isTemporary = lifetimeMs !== undefined;
      const key: IssuedKey = {
        accessKey: text(LETTERS, 20),
        secretKey: marked(text(MIXED, 40), mark),
        securityToken: isTemporary
          ? marked(Buffer.from(randomBytes(random, 600)).toString('base64url'), mark)
          : undefined,
        projectId,
        expiresAt: isTemporary ? time.now() + lifetimeMs : undefined,
        usesSimulatedTime: principal.usesSimulatedTime === true,
        principal,
      };
      keys.set(key.accessKey, key);
      return key;
    },
    register(external, owner) {
      const key = { ...external, ...owner };
      keys.set(key.accessKey, key);
      return key;
    },
  };
}
