import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/**
 * What a deployment remembers of itself, at the end of the function's description: which code it sent and what FunctionGraph
 * called it, a salted hash of the encrypted user data, which cannot be read back, and which triggers without a name it made.
 * @typedef {{ stage: string, code: string, serviceDigest: string, secrets: string, triggers: string[] }} Marker
 */

const PATTERN =
  /\[phonevault stage=(\S+) code=(\S*) at=(\S*) secrets=(\S*?)(?: triggers=(\S+))?\]$/;

/** @param {string} summary @param {Marker} marker */
export function withMarker(summary, { stage, code, serviceDigest, secrets, triggers }) {
  const made = triggers.length === 0 ? '' : ` triggers=${triggers.join()}`;
  return `${summary} [phonevault stage=${stage} code=${code} at=${serviceDigest} secrets=${secrets}${made}]`;
}

/**
 * Undefined for a function that no deployment of Phonevault made.
 * @param {string | null | undefined} description
 * @returns {Marker | undefined}
 */
export function readMarker(description) {
  const [, stage, code = '', serviceDigest = '', secrets = '', triggers] =
    PATTERN.exec(description ?? '') ?? [];
  if (stage === undefined) return undefined;
  return { stage, code, serviceDigest, secrets, triggers: triggers?.split(',') ?? [] };
}

/** The first 16 characters of a digest tell two codes apart. @param {string | null | undefined} digest */
export const short = (digest) => (digest ?? '').slice(0, 16);

/** A digest of a text or of bytes, in hex. @param {string | Buffer} data */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * '' for no secrets.
 * @param {Record<string, string>} secrets
 * @param {Buffer} [salt]
 */
export function hashSecrets(secrets, salt = randomBytes(12)) {
  if (Object.keys(secrets).length === 0) return '';
  return `${salt.toString('base64url')}.${derive(secrets, salt).toString('base64url')}`;
}

/** @param {Record<string, string>} secrets @param {string} hash */
export function sameSecrets(secrets, hash) {
  if (hash === '' || Object.keys(secrets).length === 0) {
    return hash === '' && Object.keys(secrets).length === 0;
  }
  const [salt = '', expected = ''] = hash.split('.');
  const actual = derive(secrets, Buffer.from(salt, 'base64url'));
  const known = Buffer.from(expected, 'base64url');
  return known.length === actual.length && timingSafeEqual(known, actual);
}

/** @param {Record<string, string>} secrets @param {Buffer} salt */
function derive(secrets, salt) {
  return scryptSync(JSON.stringify(Object.entries(secrets).sort()), salt, 24, { N: 16_384 });
}
