import { describe, expect, it } from 'vitest';
import { ConnectionCut, ConnectionHang } from '../../../local/http/connection-errors.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { withFaults } from '../../../local/faults/with-faults.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import type { Fault } from '../../../local/faults/fault.ts';
import { manualClock } from '../support/clock.ts';

function fixture(...given: Fault[]) {
  const clock = manualClock();
  const time = createTime(clock);
  const faults = createFaultRegistry({ random: createRandom(1, 'faults'), time });
  for (const fault of given) faults.add(fault);
  let carriedOut = 0;
  const run = async () => {
    carriedOut += 1;
    return new Response('{}');
  };
  const call = (service = 'cph', operation = 'batch-storage') =>
    withFaults({ service, operation, faults, time }, run);
  return { clock, call, carriedOut: () => carriedOut };
}

describe('withFaults', () => {
  it('throttles calls over a rate, with or without the limit in the text', async () => {
    for (const hint of [true, false]) {
      const { clock, call } = fixture({ service: 'cph', kind: 'throttle', per_minute: 2, hint });
      expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
      const refused = await call();
      expect(refused.status).toBe(429);
      const body = (await refused.json()) as Record<string, string>;
      expect(body.error_code).toBe('APIGW.0308');
      expect(body.error_msg?.includes('limit:2,time:1 minute')).toBe(hint);
      clock.move(60_000);
      expect((await call()).status).toBe(200);
    }
  });

  it('throttles every call without a rate', async () => {
    const { call } = fixture({ service: 'cph', kind: 'throttle' });
    expect((await call()).status).toBe(429);
  });

  it.each([
    ['cph', 'error_code', 'application/json'],
    ['obs', '<Code>Odd</Code>', 'application/xml'],
    ['smn', '"code":"Odd"', 'application/json'],
  ])('returns an error in the form of %s', async (service, text, type) => {
    const { call } = fixture({ service, kind: 'error', status: 503, code: 'Odd' });
    const response = await call(service, 'any');
    expect(response.headers.get('content-type')).toContain(type);
    expect(await response.text()).toContain(text);
  });

  it('throttles OBS with SlowDown', async () => {
    const { call } = fixture({ service: 'obs', kind: 'throttle' });
    const response = await call('obs', 'PutObject');
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining('<Code>SlowDown</Code>') as string,
    ]);
  });

  it('carries out a call whose response is lost or corrupted, but not one that hangs', async () => {
    const drop = fixture({ service: 'cph', kind: 'drop_answer' });
    await expect(drop.call()).rejects.toThrow(ConnectionCut);
    const before = fixture({ service: 'cph', kind: 'drop_request' });
    await expect(before.call()).rejects.toThrow(ConnectionCut);
    const hang = fixture({ service: 'cph', kind: 'hang' });
    await expect(hang.call()).rejects.toThrow(ConnectionHang);
    const garbage = fixture({ service: 'cph', kind: 'garbage' });
    const garbled = await garbage.call();
    expect(garbled.status).toBe(200);
    await expect(garbled.json()).rejects.toThrow();
    const carriedOutError = fixture({
      service: 'cph',
      kind: 'error',
      status: 504,
      carried_out: true,
    });
    expect((await carriedOutError.call()).status).toBe(504);
    const error = fixture({ service: 'cph', kind: 'error' });
    await error.call();
    const corrupted = fixture({ service: 'cph', kind: 'corrupt_response', form: 'array' });
    expect(await (await corrupted.call()).json()).toEqual([{}]);
    const all = [drop, before, hang, garbage, carriedOutError, error, corrupted];
    expect(all.map(({ carriedOut }) => carriedOut())).toEqual([1, 0, 0, 1, 1, 0, 1]);
  });

  it('delays a response and sets Retry-After and Location', async () => {
    const slow = fixture({ service: 'cph', kind: 'slow', delay_ms: 7_000 });
    const before = slow.clock.now();
    expect((await slow.call()).status).toBe(200);
    expect(slow.clock.now() - before).toBe(7_000);
    const busy = fixture({ service: 'cph', kind: 'error', status: 503, retry_after: 30 });
    expect((await busy.call()).headers.get('retry-after')).toBe('30');
    const moved = fixture({ service: 'cph', kind: 'error', status: 302 });
    expect((await moved.call()).headers.get('location')).toMatch(/^https:/);
  });
});
