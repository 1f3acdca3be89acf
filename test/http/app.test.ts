import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../testing/night.ts';
import { READER } from '../../testing/keys.ts';
import { api } from './support/api.ts';

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

  it('names the allowed methods of a route', async () => {
    const { call } = await api();
    expect((await call('PUT', '/v1/runs')).headers.allow).toBe('POST, GET');
  });
});
