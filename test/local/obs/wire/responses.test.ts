import { describe, expect, it } from 'vitest';
import { noSuchKey, ObsError } from '../../../../local/obs/wire/error.ts';
import {
  emptyResponse,
  errorResponse,
  withCommonHeaders,
  xmlResponse,
} from '../../../../local/obs/wire/responses.ts';

const facts = { method: 'GET', resource: '/k', requestId: 'R1' };

describe('responses of OBS', () => {
  it('have XML in the namespace of the region', async () => {
    const response = xmlResponse(['Root', [['A', 1]]], 'cn-north-4');
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toContain(
      '<Root xmlns="http://obs.cn-north-4.myhuaweicloud.com/doc/2015-06-30/"><A>1</A></Root>',
    );
  });

  it('describe an error, but not for a HEAD or with 304', async () => {
    const response = errorResponse(noSuchKey(), facts);
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(
      /<Code>NoSuchKey<\/Code>.*<Resource>\/k<\/Resource><RequestId>R1<\/RequestId><HostId>/,
    );
    expect(errorResponse(noSuchKey(), { ...facts, method: 'HEAD' }).body).toBeNull();
    expect(errorResponse(new ObsError(304, 'NotModified', ''), facts).body).toBeNull();
  });

  it('have the same headers everywhere', () => {
    const { headers } = withCommonHeaders(emptyResponse(204, { a: 'b' }), 'R1');
    expect(Object.fromEntries(headers)).toMatchObject({
      a: 'b',
      'x-amz-request-id': 'R1',
      server: 'OBS',
    });
  });
});
