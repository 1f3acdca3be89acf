import { CALLER_NAME } from '../names.ts';
import { createHash, timingSafeEqual } from 'node:crypto';
import { reveal, type Secret, secret } from '../secret.ts';

const scopes = ['read', 'run', 'cancel', 'restore'] as const;
export type Scope = (typeof scopes)[number];

/** A caller with a bearer token. Only the SHA-256 of the token is stored. */
export type TokenEntry = {
  name: string;
  scopes: Scope[];
  /** Epoch ms. */
  expires: number;
  /** 64 hexadecimal digits. */
  hash: Secret;
};

const DAY = 86_400_000;

/**
 * Reads `<name>:<scopes joined by +>:<last day, YYYY-MM-DD in UTC, or never>:sha256-<hash, hex or base64url>`.
 * Returns a text instead when the entry is invalid: what is allowed, without quoting the entry.
 */
export function parseTokenEntry(text: string): TokenEntry | string {
  const [name = '', scopeText = '', day = '', hashText = '', ...rest] = text.split(':');
  const hash = readHash(hashText);
  if (rest.length > 0 || hash === undefined) {
    return '<name>:<scopes>:<YYYY-MM-DD or never>:sha256-<hash of the token, hex or base64url>';
  }
  if (!CALLER_NAME.test(name)) return 'a name of 1 to 32 of a-z 0-9 and -';
  const given = new Set(scopeText.split('+'));
  const known = scopes.filter((scope) => given.delete(scope));
  if (given.size > 0 || known.length === 0) return `scopes of ${scopes.join(', ')}, joined by +`;
  const expires = day === 'never' ? Number.POSITIVE_INFINITY : endOf(day);
  if (expires === undefined) return 'a last day such as 2027-01-31, or never';
  return { name, scopes: known, expires, hash: secret(hash) };
}

function readHash(text: string): string | undefined {
  const value = /^sha256-([0-9a-fA-F]{64}|[\w-]{43})$/.exec(text)?.[1];
  if (value === undefined || value.length === 64) return value?.toLowerCase();
  return Buffer.from(value, 'base64url').toString('hex');
}

function endOf(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const start = Date.parse(day);
  const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  return exists ? start + DAY : undefined;
}

/** 128 random bits have 22 characters, so a shorter token is not secure. */
const TOKEN = /^[\x21-\x7e]{22,256}$/;

/** Returns the entry of a token, expired or not. Compares with every entry in constant time. */
export function findToken(entries: readonly TokenEntry[], token: string): TokenEntry | undefined {
  if (!TOKEN.test(token)) return undefined;
  const hash = createHash('sha256').update(token).digest();
  let found: TokenEntry | undefined;
  for (const entry of entries) {
    if (timingSafeEqual(hash, Buffer.from(reveal(entry.hash), 'hex'))) found = entry;
  }
  return found;
}
