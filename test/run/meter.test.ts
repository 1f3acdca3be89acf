import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../lib/cloud/request/request.ts';
import { type Metrics, noMetrics } from '../../lib/ledger/run/log/metrics.ts';
import { createMeter } from '../../lib/run/meter.ts';
import { playClock } from '../../testing/play-clock.ts';
import { T0 } from '../support/runs.ts';

const record = (changes: Partial<CallRecord> = {}): CallRecord => ({
  ...{ service: 'cph', operation: 'listJobs', attempt: 1, outcome: 'ok', status: 200, ms: 5 },
  ...changes,
});
const meteredRun = (runId: string) => ({ runId, unwritten: { metrics: noMetrics() } });
const callsOf = ({ unwritten }: { unwritten: { metrics: Metrics } }) => unwritten.metrics.calls;
const once = (result: string) => ({ ok: 0, refused: 0, throttled: 0, failed: 0, [result]: 1 });

function scene() {
  const clock = playClock(T0);
  return { clock, meter: createMeter(clock), run: meteredRun('a-1'), other: meteredRun('b-1') };
}

describe('a meter counts a call', () => {
  it.each<[CallRecord['outcome'], number | undefined, string]>([
    ['ok', 200, 'ok'],
    ['not_found', 404, 'ok'],
    ['conflict', 412, 'ok'],
    ['throttled', 429, 'throttled'],
    ['service', 500, 'failed'],
    ['unreachable', undefined, 'failed'],
    ['time_up', undefined, 'failed'],
    ['access_denied', 403, 'refused'],
    ['credentials_refused', 401, 'refused'],
    ['bucket_missing', 404, 'refused'],
  ])('that ended as %s (%s) as %s', async (outcome, status, result) => {
    const { meter, run } = scene();
    await meter.during(run, async () => meter.call(record({ outcome, status })));
    expect(callsOf(run)).toEqual({ cph: { listJobs: once(result) } });
    expect(run.unwritten.metrics.retries).toBe(0);
  });

  it('and every try after the first as a retry, too', async () => {
    const { meter, run } = scene();
    await meter.during(run, async () => {
      for (const attempt of [1, 2, 3]) meter.call(record({ attempt }));
    });
    expect(run.unwritten.metrics).toMatchObject({
      retries: 2,
      calls: { cph: { listJobs: { ok: 3 } } },
    });
  });

  it('and waits after a throttle in whole milliseconds', async () => {
    const { meter, run } = scene();
    await meter.during(run, async () => {
      meter.throttled(1_000.6);
      meter.throttled(2);
    });
    expect(run.unwritten.metrics.throttled_ms).toBe(1_003);
  });
});

describe('a meter knows the run that is worked at', () => {
  it('during the work, and returns the result of the work', async () => {
    const { meter, run, other } = scene();
    const seen: (string | undefined)[] = [];
    const lookup = () => void seen.push(meter.runId());
    lookup();
    const answer = await meter.during(run, async () => {
      lookup();
      await meter.during(other, async () => lookup());
      lookup();
      return 7;
    });
    lookup();
    expect(answer).toBe(7);
    expect(seen).toEqual([undefined, 'a-1', 'b-1', 'a-1', undefined]);
  });

  it('and forgets it when the work fails', async () => {
    const { meter, run } = scene();
    const work = () => Promise.reject(new Error('it failed'));
    await expect(meter.during(run, work)).rejects.toThrow('it failed');
    expect(meter.runId()).toBeUndefined();
  });
});

describe('a meter shares', () => {
  it('time evenly, and keeps what is left over for the next time', () => {
    const { clock, meter, run, other } = scene();
    clock.move(101);
    meter.share([run, other]);
    expect([run, other].map(({ unwritten }) => unwritten.metrics.function_ms)).toEqual([50, 50]);
    clock.move(1);
    meter.share([run, other]);
    expect([run, other].map(({ unwritten }) => unwritten.metrics.function_ms)).toEqual([51, 51]);
  });

  it('no time while no run is open, and all of it afterwards', () => {
    const { clock, meter, run } = scene();
    clock.move(10);
    meter.call(record());
    meter.share([]);
    clock.move(10);
    meter.share([run]);
    expect(run.unwritten.metrics).toMatchObject({
      function_ms: 20,
      calls: { cph: { listJobs: { ok: 1 } } },
    });
  });

  it('no time that a clock set back would take away', () => {
    const { clock, meter, run } = scene();
    clock.move(-10);
    meter.share([run]);
    expect(run.unwritten.metrics.function_ms).toBe(0);
  });

  it('calls that served no run alone in turns, each once', () => {
    const { meter, run, other } = scene();
    for (const operation of ['a', 'b', 'c']) meter.call(record({ operation }));
    meter.share([run, other]);
    meter.call(record({ operation: 'd' }));
    meter.throttled(5);
    meter.share([run, other]);
    expect(Object.keys(callsOf(run).cph ?? {})).toEqual(['a', 'c']);
    expect(Object.keys(callsOf(other).cph ?? {})).toEqual(['b', 'd']);
    expect(run.unwritten.metrics.throttled_ms).toBe(5);
    meter.share([run, other]);
    expect(callsOf(run)).toEqual({ cph: { a: once('ok'), c: once('ok') } });
  });

  it('no call that was a run’s own', async () => {
    const { meter, run, other } = scene();
    await meter.during(run, async () => meter.call(record()));
    meter.share([other]);
    expect(callsOf(other)).toEqual({});
  });
});
