import { createHash, createHmac } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { sign } from '../../../lib/cloud/request/sign.ts';
import { type ReceivedRequest, startServer } from '../support/server.ts';

const send = nodeSend();
afterAll(() => send.close());

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const TOKEN = 'gAAA+/=';
const keysWith = (securityToken: string) =>
  credentialsFrom({ token: '', accessKey: 'AK1', secretKey: 'SK1', securityToken });

const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

/** The signature of a request as it was received, by the API signing guide (devg-apisign). */
function expectedSignature(request: ReceivedRequest, secretKey: string): string {
  const [path = '', query = ''] = request.path.split('?');
  const names = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const uri = path
    .split('/')
    .map((part) => escape(decodeURIComponent(part)))
    .join('/');
  const pairs = [...new URLSearchParams(query)].map(([k, v]) => `${escape(k)}=${escape(v)}`);
  const canonical = [
    request.method,
    uri.endsWith('/') ? uri : `${uri}/`,
    pairs.sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const toSign = [
    'SDK-HMAC-SHA256',
    String(request.headers['x-sdk-date']),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  return createHmac('sha256', secretKey).update(toSign).digest('hex');
}

/** Signs a request, sends it and returns it as the server received it. */
async function received(
  { path = '/x', body, projectId = 'p1' }: { path?: string; body?: string; projectId?: string },
  keys = keysWith(TOKEN),
): Promise<ReceivedRequest> {
  const server = await startServer(() => ({}));
  const request = {
    method: body === undefined ? 'GET' : 'POST',
    url: `${server.url}${path}`,
    headers: { 'content-type': 'application/json' },
    timeoutMs: 5_000,
    ...(body === undefined ? {} : { body }),
  };
  await send(await sign(request, keys, projectId, NOW));
  await server.close();
  return server.received[0] as ReceivedRequest;
}

describe('sign', () => {
  it.each([
    ['a path', '/v1/p1/cloud-phone/phones', undefined],
    ['a query', '/v1/p1/jobs?request_ids=b%2Ca&offset=0&limit=100', undefined],
    ['a topic URN', '/v2/p1/notifications/topics/urn:smn:r:p1:backup/publish', '{"a":1}'],
    ['a body beyond ASCII', '/v1/p1/x', JSON.stringify({ b: 'später', 10: 'x', 2: { n: [1.5] } })],
    ['an empty object', '/v1/p1/x', '{}'],
  ])('signs %s by the guide', async (_what, path, body) => {
    const request = await received({ path, ...(body === undefined ? {} : { body }) });
    expect(request.headers['x-sdk-date']).toBe('20260102T030405Z');
    expect(request.headers['x-project-id']).toBe('p1');
    expect(request.headers['x-security-token']).toBe(TOKEN);
    expect(request.headers.authorization).toBe(
      'SDK-HMAC-SHA256 Access=AK1, SignedHeaders=content-type;host;x-project-id;' +
        `x-sdk-date;x-security-token, Signature=${expectedSignature(request, 'SK1')}`,
    );
  });

  it('sends no X-Security-Token for permanent keys', async () => {
    const { headers } = await received({}, keysWith(''));
    expect(headers).not.toHaveProperty('x-security-token');
  });

  it('sends no X-Project-Id without a project', async () => {
    const { headers } = await received({ projectId: '' });
    expect(headers).not.toHaveProperty('x-project-id');
  });
});
