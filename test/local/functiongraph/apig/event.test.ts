import { expect, it } from 'vitest';
import { apigEvent } from '../../../../local/functiongraph/apig/event.ts';

it('contains the call as the gateway passes it on', () => {
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer t' };
  const event = apigEvent({
    request: new Request('http://h/', { method: 'POST', headers, body: '{}' }),
    path: '/backup/run/42',
    query: 'dryRun=1&a=x&a=y%20z&__proto__=p',
    host: 'h',
    body: Buffer.from('{"policy":"p-17"}'),
    data: { path: '/backup', match_mode: 'SWA', env_name: 'RELEASE' } as never,
    apiId: 'api1',
    requestId: 'r1',
  });
  expect(event).toMatchObject({
    requestContext: { apiId: 'api1', requestId: 'r1', stage: 'RELEASE' },
    httpMethod: 'POST',
    path: '/backup/run/42',
    pathParameters: { '': 'run/42' },
    headers: { 'content-type': 'application/json', authorization: 'Bearer t', host: 'h' },
    body: Buffer.from('{"policy":"p-17"}').toString('base64'),
    isBase64Encoded: true,
  });
  expect(JSON.stringify(event['queryStringParameters'])).toBe(
    '{"dryRun":"1","a":["x","y z"],"__proto__":"p"}',
  );
});
