import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/**
 * What a deployment remembers of itself, at the end of the function's description: which code it sent and what FunctionGraph
 * called it, and a salted hash of the encrypted user data, which cannot be read back.
 * @typedef {{ stage: string, code: string, serviceDigest: string, secrets: string }} Marker
 */

const PATTERN = /\[phonevault stage=(\S+) code=(\S*) at=(\S*) secrets=(\S*)\]$/;

/** @param {string} summary @param {Marker} marker */
export function withMarker(summary, { stage, code, serviceDigest, secrets }) {
  return `${summary} [phonevault stage=${stage} code=${code} at=${serviceDigest} secrets=${secrets}]`;
}

/**
 * Undefined for a function that no deployment of Phonevault made.
 * @param {string | null | undefined} description
 * @returns {Marker | undefined}
 */
export function readMarker(description) {
  const [, stage, code, serviceDigest, secrets] = PATTERN.exec(description ?? '') ?? [];
  if (stage === undefined) return undefined;
  return { stage, code: code ?? '', serviceDigest: serviceDigest ?? '', secrets: secrets ?? '' };
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
