import { pick, randomBytes, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import { marked } from './mark.ts';

/** What the cloud knows of an access key; the services ask, IAM answers. */
export type KeyRecord = {
  accessKey: string;
  secretKey: string;
  /** Temporary keys come with one; a request must then carry it. */
  securityToken: string | undefined;
  projectId: string;
  /** True time after which the key is refused; undefined for a permanent key. */
  expiresAt: number | undefined;
  /** A function's key: its clock is the model's, and so it dates what it sends. */
  inModelTime?: boolean;
};

export type KeyStore = {
  find(accessKey: string): KeyRecord | undefined;
};

/** Keys that someone else made: of a session when they come with a token, else permanent. */
export type GivenKeys = Pick<KeyRecord, 'accessKey' | 'secretKey' | 'securityToken' | 'expiresAt'>;

/** Where temporary keys come from when objects lie on a server of its own, which must know them too. */
export type KeySource = (lifetimeMs: number) => Promise<GivenKeys>;

/** Who a key or a token stands for. */
export type Principal = {
  userId: string;
  userName: string;
  domainId: string;
  /** A function, whose clock is the model's. */
  inModelTime?: true;
};

export type IssuedKey = KeyRecord & { principal: Principal };

/** A KeyStore that also knows whose key it is. */
export type Keys = {
  find(accessKey: string): IssuedKey | undefined;
  /** A permanent pair without `lifetimeMs`, else a temporary one with its security token. */
  issue(options: { principal: Principal; projectId: string; lifetimeMs?: number }): IssuedKey;
  /** Takes in a key that was made elsewhere. */
  adopt(given: GivenKeys, owner: { principal: Principal; projectId: string }): IssuedKey;
};

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const MIXED = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** The access keys that the cloud knows, none at first. */
export function createKeys(options: {
  random: Random;
  time: Time;
  /** Stands in what is secret of them. */
  mark?: string | undefined;
}): Keys {
  const { random, time, mark } = options;
  const keys = new Map<string, IssuedKey>();
  const text = (alphabet: string[], length: number) =>
    Array.from({ length }, () => pick(random, alphabet)).join('');
  return {
    find: (accessKey) => keys.get(accessKey),
    issue({ principal, projectId, lifetimeMs }) {
      const temporary = lifetimeMs !== undefined;
      const key: IssuedKey = {
        accessKey: text(LETTERS, 20),
        secretKey: marked(text(MIXED, 40), mark),
        securityToken: temporary
          ? marked(Buffer.from(randomBytes(random, 600)).toString('base64url'), mark)
          : undefined,
        projectId,
        expiresAt: temporary ? time.now() + lifetimeMs : undefined,
        inModelTime: principal.inModelTime === true,
        principal,
      };
      keys.set(key.accessKey, key);
      return key;
    },
    adopt(given, owner) {
      const key = { ...given, ...owner };
      keys.set(key.accessKey, key);
      return key;
    },
  };
}
