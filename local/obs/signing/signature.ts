import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRecord, KeyStore } from '../../iam/auth/keys.ts';
import { isSameText } from '../../iam/auth/signature.ts';
import type { Time } from '../../simulation/time.ts';
import { canonicalRequest, sha256Hex } from './canonical.ts';
import { type Credential, credentialOf } from './credential.ts';
import { ObsError } from '../wire/error.ts';

type Caller = {
  key: KeyRecord;
  /** The signed hash of the body: hex SHA-256, UNSIGNED-PAYLOAD or STREAMING-*. */
  payloadHash: string;
};

type Verifier = (request: Request) => Caller;

const MAX_SKEW = 15 * 60_000;

/** Returns a verifier of Signature V4 for one region. It throws ObsError. */
export function createVerifier(options: { keys: KeyStore; time: Time; region: string }): Verifier {
  const { keys, time, region } = options;
  const signingKeyOf = createSigningKeys(region);

  return (request) => {
    const credential = credentialOf(request);
    const now = time.now();
    const key = keys.find(credential.accessKey);
    if (key === undefined) throw unknownKey();
    checkDate(credential, key.usesSimulatedTime === true ? time.simulated() : now);
    const expected = [credential.date.slice(0, 8), region, 's3', 'aws4_request'];
    if (credential.scope.join('/') !== expected.join('/')) {
      throw mismatch(`The scope of the credential should be ${expected.join('/')}.`);
    }
    checkSignedHeaders(request, credential);
    const canonical = canonicalRequest(request, credential.signedHeaders, credential.payloadHash);
    if (canonical === undefined) throw mismatch('A signed header is missing.');
    const toSign = `AWS4-HMAC-SHA256\n${credential.date}\n${expected.join('/')}\n${sha256Hex(canonical)}`;
    const signature = hmac(signingKeyOf(key.secretKey, expected[0] ?? ''), toSign);
    if (!timingSafeEqual(signature, Buffer.from(credential.signature, 'hex'))) {
      throw mismatch('The request signature does not match the one calculated here.');
    }
    if (!isSameText(credential.securityToken, key.securityToken ?? '')) {
      throw new ObsError(
        403,
        'InvalidSecurity',
        'The provided security credentials are not valid: x-amz-security-token.',
      );
    }
    if (key.expiresAt !== undefined && key.expiresAt <= now) throw unknownKey();
    return { key, payloadHash: credential.payloadHash };
  };
}

/** Derives signing keys and caches them, which saves four HMACs a call. */
function createSigningKeys(region: string): (secretKey: string, day: string) => Buffer {
  const cache = new Map<string, Buffer>();
  return (secretKey, day) => {
    const name = `${day}/${secretKey}`;
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const derived = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
      hmac,
      Buffer.from(`AWS4${secretKey}`),
    );
    if (cache.size > 100) cache.clear();
    cache.set(name, derived);
    return derived;
  };
}

function checkDate({ date, expires }: Credential, now: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (match === null) {
    throw new ObsError(403, 'AccessDenied', 'A valid x-amz-date is required.');
  }
  const [, year = 0, month = 0, day, hour, minute, second] = match.map(Number);
  const signed = Date.UTC(year, month - 1, day, hour, minute, second);
  if (expires !== undefined) {
    if (now >= signed + expires * 1000) {
      throw new ObsError(403, 'AccessDenied', 'Request has expired');
    }
    if (signed - now > MAX_SKEW) {
      throw new ObsError(403, 'AccessDenied', 'Request is not valid yet');
    }
  } else if (Math.abs(signed - now) > MAX_SKEW) {
    throw new ObsError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
}

function checkSignedHeaders(request: Request, { signedHeaders }: Credential): void {
  const signed = new Set(signedHeaders);
  const unsigned = ['host', ...request.headers.keys()].filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.has(name),
  );
  if (unsigned.length > 0) {
    const message = 'There were headers present in the request which were not signed';
    throw new ObsError(403, 'AccessDenied', message);
  }
  if ([...signedHeaders].sort().some((name, i) => name !== signedHeaders[i])) {
    throw mismatch('The signed headers are not in order.');
  }
}

const unknownKey = () =>
  new ObsError(403, 'InvalidAccessKeyId', 'The access key does not exist in our records.');

const mismatch = (why: string) => new ObsError(403, 'SignatureDoesNotMatch', why);

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
