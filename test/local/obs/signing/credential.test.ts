import { describe, expect, it } from 'vitest';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { credentialOf } from '../../../../local/obs/signing/credential.ts';

const HASH = 'a'.repeat(64);
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=AK/20260102/r/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${HASH}`;
const HEADERS = {
  authorization: AUTHORIZATION,
  'x-amz-content-sha256': HASH,
  'x-amz-date': '20260102T030405Z',
};
const presigned = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AK/20260102/r/s3/aws4_request',
    'X-Amz-Date': '20260102T030405Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': HASH,
    ...more,
  }).toString();
const read = (headers: Record<string, string>, query = '') =>
  credentialOf(rawRequest(`https://h/k?${query}`, { headers }));

describe('credentialOf', () => {
  it('reads signed headers', () => {
    expect(read(HEADERS)).toEqual({
      accessKey: 'AK',
      scope: ['20260102', 'r', 's3', 'aws4_request'],
      signedHeaders: ['host', 'x-amz-date'],
      signature: HASH,
      date: '20260102T030405Z',
      securityToken: '',
      payloadHash: HASH,
      expires: undefined,
    });
  });

  it('reads a presigned query, whose payload is unsigned by default', () => {
    expect(read({}, presigned({ 'X-Amz-Security-Token': 't' }))).toMatchObject({
      accessKey: 'AK',
      securityToken: 't',
      payloadHash: 'UNSIGNED-PAYLOAD',
      expires: 60,
    });
  });

  it.each([
    ['no signature', {}, '', 'AccessDenied'],
    ['both header and query', HEADERS, presigned(), 'InvalidRequest'],
    ['Signature V2', { authorization: 'AWS AK:c2ln' }, '', 'InvalidRequest'],
    ['OBS’s own signature in the query', {}, 'AccessKeyId=AK&Signature=s', 'InvalidRequest'],
    [
      'a truncated header',
      { ...HEADERS, authorization: AUTHORIZATION.slice(0, -1) },
      '',
      'InvalidRequest',
    ],
    ['no payload hash', { authorization: AUTHORIZATION }, '', 'MissingSecurityHeader'],
    ['over a week of validity', {}, presigned({ 'X-Amz-Expires': '604801' }), 'InvalidRequest'],
    [
      'a malformed presigned signature',
      {},
      presigned({ 'X-Amz-Signature': 'x' }),
      'InvalidRequest',
    ],
  ])('refuses %s', (_, headers, query, code) => {
    expect(() => read(headers as Record<string, string>, query)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
