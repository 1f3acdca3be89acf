import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/**
 * What a deployment records at the end of the function's description: the digest of the code it sent and FunctionGraph's own
 * digest of it, a salted hash of the encrypted user data, which cannot be read back, and the ids of the SMN triggers that it created.
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
 * Returns undefined for a function that Phonevault did not deploy.
 * @param {string | null | undefined} description
 * @returns {Marker | undefined}
 */
export function readMarker(description) {
  const [, stage, code = '', serviceDigest = '', secrets = '', triggers] =
    PATTERN.exec(description ?? '') ?? [];
  if (stage === undefined) return undefined;
  return { stage, code, serviceDigest, secrets, triggers: triggers?.split(',') ?? [] };
}

/** The first 16 characters of a digest: enough to compare code. @param {string | null | undefined} digest */
export const short = (digest) => (digest ?? '').slice(0, 16);

/** @returns the digest in hex @param {string | Buffer} data */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * Returns '' if there are no secrets.
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
