import { describe, expect, it } from 'vitest';
import { type ApigDeps, createApigService } from '../../../../local/functiongraph/apig/service.ts';
import { fss } from '../../../../local/functiongraph/model/error.ts';
import type { Outcome } from '../../../../local/functiongraph/runtime/run-event.ts';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { firingFixture } from '../../support/firing.ts';

type Run = (event: { path: string; httpMethod: string }) => Promise<Outcome>;

const DATA = {
  path: '/backup',
  req_method: 'ANY',
  match_mode: 'SWA',
  env_name: 'RELEASE',
  auth: 'NONE',
  func_info: { timeout: 30_000 },
};
const ok = (body: string): Outcome => ({
  kind: 'ok',
  result: JSON.stringify({ statusCode: 201, headers: {}, body, isBase64Encoded: false }),
  durationMs: 1,
  memoryMb: 1,
  log: '',
});

function fixture(run: Run = async ({ path }) => ok(path)) {
  const { deps, add, events } = firingFixture();
  const apigDeps: ApigDeps = {
    ...deps,
    runEvent: ({ event }) => run(JSON.parse(event) as Parameters<Run>[0]),
    // Only a timeout of 1 ms fires, and at once.
    timers: {
      after: (ms, fire) => (ms === 1 && fire(), () => undefined),
      rearm: () => undefined,
    },
    gateway: {
      identify: async () => new Response(),
      authenticate: async (request) =>
        request.headers.has('x-auth-token') ? undefined : new Response(null, { status: 401 }),
    },
  };
  const service = createApigService(apigDeps);
  const publish = (more: object = {}, type: 'APIG' | 'DEDICATEDGATEWAY' = 'APIG') =>
    add(type, { ...DATA, ...more });
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await service(rawRequest(`http://127.0.0.1:9${path}`, init));
    return { status: response.status, text: await response.text() };
  };
  return { publish, send, events };
}

describe('the gateway of functions', () => {
  it('finds an API by method and path: an exact path first, then the longest', async () => {
    const { publish, send } = fixture();
    publish({ req_method: 'GET' });
    publish({ path: '/backup/v1/special', match_mode: 'NORMAL' }, 'DEDICATEDGATEWAY');
    const statuses = async (...paths: string[]) =>
      Promise.all(paths.map(async (path) => (await send(path)).status));
    expect(await statuses('/backup', '/backup/x', '/backup/v1/special')).toEqual([201, 201, 201]);
    expect(await statuses('/backups', '/', '/other')).toEqual([404, 404, 404]);
    expect((await send('/backup', { method: 'POST' })).status).toBe(404);
    expect((await send('/backup/v1/special', { method: 'POST' })).status).toBe(201);
  });

  it.each([
    ['IAM', {}, 401],
    ['IAM', { 'x-auth-token': 't' }, 201],
    ['APP', { 'x-auth-token': 't' }, 401],
    ['NONE', {}, 201],
  ])('authenticates by %s with %j: %i', async (auth, headers, status) => {
    const { publish, send } = fixture();
    publish({ auth });
    expect((await send('/backup', { headers: headers as Record<string, string> })).status).toBe(
      status,
    );
  });

  it.each<[string, Run, number, string]>([
    [
      'returns nothing usable',
      async () => ({ ...ok(''), result: '"ok"' }) as Outcome,
      500,
      'FSS.1206',
    ],
    ['is busy', async () => ({ kind: 'busy' }), 429, 'FSS.0429'],
    ['is disabled', async () => Promise.reject(fss('FSS.0403')), 403, 'FSS.0403'],
  ])('returns an error if the function %s', async (_, run, status, code) => {
    const { publish, send } = fixture(run);
    publish();
    const response = await send('/backup');
    expect([response.status, response.text]).toEqual([status, expect.stringContaining(code)]);
  });

  it('returns 504 after the timeout of the API', async () => {
    const { publish, send } = fixture(() => new Promise(() => undefined));
    publish({ func_info: { timeout: 1 } });
    const { status, text } = await send('/backup');
    expect([status, text]).toEqual([504, expect.stringContaining('Backend timeout.')]);
  });

  it('submits the event of an asynchronous API and returns 202', async () => {
    const { publish, send, events } = fixture();
    publish({ func_info: { timeout: 1_000, invocation_type: 'async' } });
    expect((await send('/backup', { method: 'POST', body: '{}' })).status).toBe(202);
    expect(events).toMatchObject([{ httpMethod: 'POST', path: '/backup' }]);
    const large = await send('/backup', { method: 'POST', body: 'x'.repeat(200 * 1024) });
    expect(large.status).toBe(413);
  });

  it('refuses a body over 12 MB and an event over 6 MB', async () => {
    const { publish, send } = fixture();
    publish();
    const post = (length: number) => send('/backup', { method: 'POST', body: 'x'.repeat(length) });
    expect((await post(5 * 1024 * 1024)).text).toContain('FSS.1201');
    expect((await post(12 * 1024 * 1024 + 1)).text).toContain('APIG.0201');
  });
});
