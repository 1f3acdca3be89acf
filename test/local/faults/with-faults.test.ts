import { describe, expect, it } from 'vitest';
import { ConnectionCut, ConnectionHang } from '../../../local/http/connection-errors.ts';
import { createFaultBook } from '../../../local/faults/fault-book.ts';
import { withFaults } from '../../../local/faults/with-faults.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import type { Fault } from '../../../local/faults/fault.ts';
import { manualClock } from '../support/clock.ts';

function fixture(...faults: Fault[]) {
  const clock = manualClock();
  const time = createTime(clock);
  const book = createFaultBook({ random: createRandom(1, 'faults'), time });
  faults.forEach((fault) => book.add(fault));
  let carriedOut = 0;
  const run = async () => {
    carriedOut += 1;
    return new Response('{}');
  };
  const call = (service = 'cph', operation = 'batch-storage') =>
    withFaults(service, operation, book, time, run);
  return { clock, book, call, carriedOut: () => carriedOut };
}

describe('the fault book', () => {
  it('strikes its service and operation, at most so many times', async () => {
    const { call } = fixture({
      service: 'cph',
      operation: 'batch-storage',
      kind: 'error',
      status: 504,
      times: 2,
    });
    const seen = [];
    for (const [service, operation] of [
      ['smn', 'batch-storage'],
      ['cph', 'list-jobs'],
      ['cph', 'batch-storage'],
      ['cph', 'batch-storage'],
      ['cph', 'batch-storage'],
    ] as const) {
      seen.push((await call(service, operation)).status);
    }
    expect(seen).toEqual([200, 200, 504, 504, 200]);
  });

  it('strikes about as often as its rate says, the same for the same seed', async () => {
    const hits = async () => {
      const { call } = fixture({ service: 'cph', kind: 'error', rate: 0.3 });
      const statuses = [];
      for (let i = 0; i < 500; i += 1) statuses.push((await call()).status);
      return statuses;
    };
    const first = await hits();
    const count = first.filter((status) => status === 500).length;
    expect(count).toBeGreaterThan(110);
    expect(count).toBeLessThan(190);
    expect(await hits()).toEqual(first);
  });

  it('chooses phones by id, for one operation or all', () => {
    const { book } = fixture(
      { service: 'cph', kind: 'job_failed', phones: ['a'], operation: 'batch-restore' },
      { service: 'cph', kind: 'item_error', phones: ['b'], times: 1 },
    );
    expect(book.forPhone('job_failed', 'a', 'batch-storage')).toBeUndefined();
    expect(book.forPhone('job_failed', 'a', 'batch-restore')).toBeDefined();
    expect(book.forPhone('job_failed', 'b', 'batch-restore')).toBeUndefined();
    expect(book.forPhone('item_error', 'b')).toBeDefined();
    expect(book.forPhone('item_error', 'b')).toBeUndefined();
  });

  it('is empty once cleared', async () => {
    const { book, call } = fixture({ service: 'cph', kind: 'hang' });
    book.clear();
    expect((await call()).status).toBe(200);
  });
});

describe('withFaults', () => {
  it('throttles over a rate, with or without the number', async () => {
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

  it('throttles every call when no rate is given', async () => {
    const { call } = fixture({ service: 'cph', kind: 'throttle' });
    expect((await call()).status).toBe(429);
  });

  it.each([
    ['cph', 'error_code', 'application/json'],
    ['obs', '<Code>Odd</Code>', 'application/xml'],
    ['smn', '"code":"Odd"', 'application/json'],
  ])('writes the error of %s as that service does', async (service, text, type) => {
    const { call } = fixture({ service, kind: 'error', status: 503, code: 'Odd' });
    const answer = await call(service, 'any');
    expect(answer.headers.get('content-type')).toContain(type);
    expect(await answer.text()).toContain(text);
  });

  it('answers OBS throttling as OBS does', async () => {
    const { call } = fixture({ service: 'obs', kind: 'throttle' });
    const answer = await call('obs', 'PutObject');
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('<Code>SlowDown</Code>') as string,
    ]);
  });

  it('carries out a call whose answer it drops or spoils, not one that hangs', async () => {
    const drop = fixture({ service: 'cph', kind: 'drop_answer' });
    await expect(drop.call()).rejects.toThrow(ConnectionCut);
    const before = fixture({ service: 'cph', kind: 'drop_request' });
    await expect(before.call()).rejects.toThrow(ConnectionCut);
    const hang = fixture({ service: 'cph', kind: 'hang' });
    await expect(hang.call()).rejects.toThrow(ConnectionHang);
    const garbage = fixture({ service: 'cph', kind: 'garbage' });
    const spoiled = await garbage.call();
    expect(spoiled.status).toBe(200);
    await expect(spoiled.json()).rejects.toThrow();
    const late = fixture({ service: 'cph', kind: 'error', status: 504, carried_out: true });
    expect((await late.call()).status).toBe(504);
    const error = fixture({ service: 'cph', kind: 'error' });
    await error.call();
    const twisted = fixture({ service: 'cph', kind: 'twist', form: 'array' });
    expect(await (await twisted.call()).json()).toEqual([{}]);
    const all = [drop, before, hang, garbage, late, error, twisted];
    expect(all.map(({ carriedOut }) => carriedOut())).toEqual([1, 0, 0, 1, 1, 0, 1]);
  });

  it('answers late, and says when to come again', async () => {
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
