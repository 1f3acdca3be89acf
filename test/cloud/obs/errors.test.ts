import { describe, expect, it } from 'vitest';
import { BUCKET, startObs, xml } from '../support/obs-server.ts';
import type { ServerResponse } from '../support/server.ts';

describe('obsError', () => {
  it.each<[string, ServerResponse, object, number]>([
    ['no bucket', xml(404, 'NoSuchBucket'), { code: 'bucket_missing', requestId: 'r1' }, 1],
    ['no permission', xml(403, 'AccessDenied'), { code: 'access_denied' }, 1],
    ['an unknown key', xml(403, 'InvalidAccessKeyId'), { code: 'credentials_refused' }, 1],
    ['a bad signature', xml(403, 'SignatureDoesNotMatch'), { code: 'credentials_refused' }, 1],
    [
      'a wrong clock',
      xml(403, 'RequestTimeTooSkewed', { date: 'Fri, 02 Jan 2026 04:04:05 GMT' }),
      { code: 'clock_skew', message: expect.stringContaining('60 min behind') as string },
      1,
    ],
    ['path style', xml(403, 'VirtualHostDomainRequired'), { code: 'setting_invalid' }, 1],
    ['slow down', xml(503, 'SlowDown'), { code: 'throttled', carriedOut: 'unknown' }, 3],
    ['too many', xml(429, 'TooManyRequests'), { code: 'throttled', carriedOut: 'no' }, 3],
    [
      'an internal error',
      xml(500, 'InternalError'),
      { code: 'service', serviceCode: 'InternalError', carriedOut: 'unknown' },
      3,
    ],
    ['a proxy', { status: 502, body: '<html>' }, { code: 'unreachable', carriedOut: 'unknown' }, 3],
    ['an empty 403', { status: 403 }, { code: 'access_denied' }, 1],
  ])('reads %s as an error of ours', async (_what, response, expected, attempts) => {
    const { obs, received } = await startObs(() => response);
    await expect(obs.get(BUCKET, 'k')).rejects.toMatchObject({ ...expected, service: 'obs' });
    expect(received).toHaveLength(attempts);
  });
});
