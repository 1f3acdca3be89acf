import { describe, expect, it } from 'vitest';
import { type Call, createApi } from '../../../local/api/api.ts';
import { createCalls } from '../../../local/api/calls.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { manualClock } from '../support/clock.ts';

function fixture(run = async (_: Call) => new Response('{}')) {
  const time = createTime(manualClock());
  const random = createRandom(1, 'api');
  const faults = createFaultRegistry({ random, time });
  const calls = createCalls();
  const routes = [{ method: 'POST', path: '/v1/:id', operation: 'change' }];
  const service = createApi({
    service: 'x',
    routes,
    calls,
    faults,
    time,
    random,
    maxBody: 4,
    run: (_, call) => run(call),
  });
  const send = async (path: string, body = '{}', method = 'POST') => {
    const response = await service(new Request(`http://h${path}`, { method, body }));
    const { error_code = '' } = (await response.json()) as { error_code?: string };
    return `${response.status} ${error_code}`.trim();
  };
  return { send, faults, count: () => calls.counts()['x']?.['change'] };
}

describe('an API', () => {
  it('passes parameters, query and body to the operation', async () => {
    const seen: unknown[] = [];
    const { send, count } = fixture(async ({ params, query, body }) => {
      seen.push(params, query.get('q'), Buffer.from(body).toString());
      return new Response('{}');
    });
    expect(await send('/v1/a%20b?q=1')).toBe('200');
    expect(seen).toEqual([{ id: 'a b' }, '1', '{}']);
    expect(count()).toEqual({ ok: 1, refused: 0 });
  });

  it.each([
    ['/other', '{}', 'POST', '404 APIGW.0101'],
    ['/v1/a', '{}', 'PUT', '404 APIGW.0101'],
    ['/v1/a', '[1,2]', 'POST', '413 APIGW.0201'],
    [`/v1/${'a'.repeat(8 * 1024)}`, '{}', 'POST', '414 APIGW.0201'],
  ])('refuses %.20s %s %s with %s', async (path, body, method, expected) => {
    expect(await fixture().send(path, body, method)).toBe(expected);
  });

  it('counts refused calls, and calls whose response was lost as carried out', async () => {
    const { send, faults, count } = fixture();
    for (const kind of ['error', 'drop_answer', 'drop_request'] as const) {
      faults.add({ service: 'x', kind, times: 1 });
      await send('/v1/a').catch(() => undefined);
    }
    expect(count()).toEqual({ ok: 1, refused: 2 });
  });
});
