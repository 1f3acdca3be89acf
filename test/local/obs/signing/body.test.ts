import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { bytesOf } from '../../../../local/obs/storage/payload.ts';
import { createSpool } from '../../../../local/obs/storage/spool.ts';
import { checkedBody } from '../../../../local/obs/signing/body.ts';

const digest = (algorithm: string, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update('abc').digest(encoding);
const SHA = digest('sha256', 'hex');

async function outcomeOf(
  headers: Record<string, string>,
  payloadHash = SHA,
  unsignedPayload: 'allowed' | 'refused' = 'allowed',
): Promise<string> {
  const request = new Request('http://h/', { method: 'PUT', body: 'abc', headers });
  return checkedBody(
    request,
    { payloadHash, unsignedPayload },
    { spool: createSpool(), limit: 3 },
  ).then(
    (body) => Buffer.from(bytesOf(body)).toString(),
    (error: { code: string }) => error.code,
  );
}
const LENGTH = { 'content-length': '3' };

it.each<[string, Parameters<typeof outcomeOf>, string]>([
  ['the right hash', [LENGTH], 'abc'],
  ['another hash', [LENGTH, 'a'.repeat(64)], 'XAmzContentSHA256Mismatch'],
  ['no hash', [LENGTH, 'whatever'], 'XAmzContentSHA256Mismatch'],
  ['an unsigned payload', [LENGTH, 'UNSIGNED-PAYLOAD'], 'abc'],
  [
    'an unsigned payload where it is refused',
    [LENGTH, 'UNSIGNED-PAYLOAD', 'refused'],
    'XAmzContentSHA256Mismatch',
  ],
  ['signed chunks', [LENGTH, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'], 'NotImplemented'],
  [
    'an unsigned trailer',
    [LENGTH, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
    'XAmzContentSHA256Mismatch',
  ],
  ['no length', [{}], 'MissingContentLength'],
  ['chunks', [{ ...LENGTH, 'transfer-encoding': 'chunked' }], 'MissingContentLength'],
  ['a shorter body than its length', [{ 'content-length': '2' }], 'IncompleteBody'],
  ['a length over the limit', [{ 'content-length': '4' }], 'EntityTooLarge'],
  ['the right MD5', [{ ...LENGTH, 'content-md5': digest('md5', 'base64') }], 'abc'],
  ['another MD5', [{ ...LENGTH, 'content-md5': 'A'.repeat(22) + '==' }], 'BadDigest'],
  ['a malformed MD5', [{ ...LENGTH, 'content-md5': 'abc' }], 'InvalidDigest'],
])('checks a body with %s', async (_, args, expected) => {
  expect(await outcomeOf(...args)).toBe(expected);
});
