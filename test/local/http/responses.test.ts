import { describe, expect, it } from 'vitest';
import { errorResponse, gatewayError, jsonResponse } from '../../../local/http/responses.ts';

const ERROR = { status: 503, code: 'Odd', message: 'a <b> & c', requestId: 'r1' };

describe('responses', () => {
  it('have the request id in a header', async () => {
    const response = jsonResponse(201, { a: 1 }, 'r1');
    expect([response.status, response.headers.get('x-request-id')]).toEqual([201, 'r1']);
    expect(await response.json()).toEqual({ a: 1 });
    expect(jsonResponse(200, {}).headers.get('x-request-id')).toBeNull();
  });

  it.each([
    ['cph', 'Odd', { error_code: 'Odd', error_msg: ERROR.message, request_id: 'r1' }],
    ['smn', 'Odd', { code: 'Odd', message: ERROR.message, request_id: 'r1' }],
    ['smn', 'APIGW.1', { error_code: 'APIGW.1', error_msg: ERROR.message, request_id: 'r1' }],
  ])('of %s have the error %s in the form of the service', async (service, code, body) => {
    const response = errorResponse(service, { ...ERROR, code });
    expect([response.status, await response.json()]).toEqual([503, body]);
    expect(await gatewayError(503, 'Odd', ERROR.message, 'r1').json()).toMatchObject({
      error_code: 'Odd',
    });
  });

  it('of OBS have errors in XML', async () => {
    const response = errorResponse('obs', ERROR);
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toContain(
      '<Code>Odd</Code><Message>a &lt;b&gt; &amp; c</Message><RequestId>r1</RequestId>',
    );
  });
});
