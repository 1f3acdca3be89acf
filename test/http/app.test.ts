import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../testing/night.ts';
import { READER, WEBHOOK_KEYS, webhookSecret } from '../../testing/keys.ts';
import { createHttpApp } from '../../lib/http/app.ts';
import { api } from './support/api.ts';

const forged = (now: number) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(Math.floor(now / 1_000)),
  'webhook-signature': `v1,${'A'.repeat(43)}=`,
});

/** A request whose body never ends. `pulled` returns the megabytes read. */
function endless(headers: Record<string, string>) {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  return { request: new Request('http://phonevault/v1/runs', init), pulled: () => pulled };
}

describe('createHttpApp', () => {
  it('logs the caller, the operation and the run of a call', async () => {
    const { call, lines, putPolicy } = await api();
    await putPolicy(NIGHTLY);
    const { body } = await call('POST', '/v1/runs', { key: 'k1', body: { policy: 'nightly' } });
    expect(lines.at(-1)).toMatchObject({
      level: 'info',
      event: 'http_accepted',
      caller: 'ci',
      kind: 'token',
      operation: 'startRun',
      status: 202,
      run: body.run_id,
    });
  });

  it('logs a refused call without anything that was sent', async () => {
    const { call, lines } = await api();
    const query = { policy: 'hunter2hunter2' };
    const body = 'hunter2hunter2';
    await call('POST', '/v1/hunter2hunter2', {
      token: 'hunter2hunter2hunter2hunter2',
      query,
      body,
    });
    await call('POST', '/v1/hunter2hunter2', { query, body });
    await call('POST', '/v1/runs', { key: 'hunter2hunter2', query, body });
    await call('POST', '/v1/runs/hunter2/cancel', { token: READER });
    expect(lines.map(({ event, status, code, caller }) => [event, status, code, caller])).toEqual([
      ['http_refused', 401, 'token_unknown', undefined],
      ['http_refused', 404, 'route_unknown', 'ci'],
      ['http_refused', 400, 'query_invalid', 'ci'],
      ['http_refused', 403, 'forbidden', 'screen'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it.each([
    ['no credentials', () => ({}), 'unauthenticated', 0],
    ['an unknown token', () => ({ authorization: 'Bearer hunter2' }), 'token_unknown', 0],
    ['a wrong signature', forged, 'signature_wrong', 7],
  ])(
    'answers 401 to a large body with %s, and reads little of it',
    async (_, headersAt, code, mb) => {
      const { clock, invocation } = await api();
      const { request, pulled } = endless(headersAt(clock.now()));
      const response = await createHttpApp().respond(request, {
        run: invocation().deps,
        wake: { functiongraph: { invokeAsync: async () => undefined }, driveUrn: undefined },
        callers: { tokens: [], webhooks: [webhookSecret(WEBHOOK_KEYS[0] ?? '')] },
        mount: '',
        until: clock.now() + 50_000,
      });
      expect([response.status, await response.json()]).toMatchObject([401, { code }]);
      expect(pulled()).toBeLessThanOrEqual(mb + 1);
    },
  );

  it('names the allowed methods of a route', async () => {
    const { call } = await api();
    expect((await call('PUT', '/v1/runs')).headers.allow).toBe('POST, GET');
  });
});
