import { describe, expect, it } from 'vitest';
import { jobsToPoll } from '../../../../lib/run/export/jobs/poll-calls.ts';
import { planPolls } from '../../../../lib/run/export/jobs/poll-plan.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const SECOND = 1_000;

/** A run with jobs of one export call each, accepted `ages` ms before T0. */
function runWith(ages: number[]) {
  const run = openRun(
    'nightly-1',
    ages.map((_, n) => plannedPhone(`p${n}`)),
  );
  record(
    run,
    ages.map((age, n) => ({
      ...{ type: 'accepted', at: T0 - age, phone_id: `p${n}`, attempt: 1 },
      ...{ job_id: `j${n}`, request_id: `r${n}` },
    })),
  );
  return run;
}

type Known = { exportMs?: number; seenAt?: Map<string, number>; now?: number };

function plan(ages: number[], { exportMs, seenAt = new Map(), now = T0 }: Known = {}) {
  const run = runWith(ages);
  for (const [id, at] of seenAt) run.retryAt.jobsSeenAt.set(id, at);
  return planPolls(jobsToPoll([run], now), { now, exportMs });
}

describe('planPolls', () => {
  it('asks for no job before a third of the usual time, however long that is', () => {
    for (const exportMs of [MINUTE, 60 * MINUTE]) {
      const { calls, nextAt } = plan([0.1 * exportMs], { exportMs });
      expect(calls).toEqual([]);
      expect(nextAt - T0).toBeGreaterThan(0.2 * exportMs);
    }
  });

  it('asks for a command after seconds, however long exports take', () => {
    const hooks = {
      ...{ before: ['sync'], after: [], timeout: 5 * MINUTE, on_error: 'fail' as const },
    };
    const run = openRun('nightly-1', [plannedPhone('p0')], { terms: { hooks } });
    const own = { phone_id: 'p0', attempt: 1_001 };
    record(run, [
      {
        ...{ type: 'intent', at: T0, window: 'w1' },
        attempts: [{ ...own, call: 'command', command: 'before 1' }],
      },
      { type: 'accepted', at: T0, ...own, job_id: 'j', request_id: 'r' },
    ]);
    const exportMs = 20 * MINUTE;
    const at = (now: number) => planPolls(jobsToPoll([run], now), { exportMs, now });
    expect(at(T0 + SECOND).calls).toEqual([]);
    expect(at(T0 + 5 * SECOND).calls).toEqual([['r']]);
    expect(at(T0 + 5 * SECOND).nextAt).toBeLessThanOrEqual(T0 + 35 * SECOND);
    run.retryAt.jobsSeenAt.set('r', T0 + 5 * SECOND);
    expect(at(T0 + 40 * SECOND).calls).toEqual([['r']]);
  });

  it('asks at once for jobs that have probably ended', () => {
    expect(plan([2 * MINUTE], { exportMs: MINUTE }).calls).toEqual([['r0']]);
  });

  it('leaves out export calls that were asked for lately', () => {
    const ages = Array.from({ length: 40 }, () => 2 * MINUTE);
    const seenAt = new Map(ages.slice(20).map((_, n) => [`r${n + 20}`, T0]));
    const { calls } = plan(ages, { exportMs: MINUTE, seenAt });
    expect(calls).toEqual([Array.from({ length: 20 }, (_, n) => `r${n}`)]);
  });

  it('waits until a call is likely to find several ended jobs of many', () => {
    const ages = Array.from({ length: 200 }, () => 40 * SECOND);
    const seenAt = new Map(ages.map((_, n) => [`r${n}`, T0 - SECOND]));
    const { calls, nextAt } = plan(ages, { exportMs: MINUTE, seenAt });
    expect(calls).toEqual([]);
    expect(nextAt).toBeGreaterThanOrEqual(T0 + 3 * SECOND);
    expect(nextAt).toBeLessThan(T0 + 10 * SECOND);
  });

  it('asks for every job now and then, also for one that takes much longer than others', () => {
    const seenAt = new Map([['r0', T0 - 11 * SECOND]]);
    expect(plan([30 * MINUTE], { exportMs: MINUTE, seenAt }).calls).toEqual([['r0']]);
    const later = new Map([['r0', T0 - SECOND]]);
    expect(plan([30 * MINUTE], { exportMs: MINUTE, seenAt: later }).nextAt).toBeLessThan(
      T0 + 30 * SECOND,
    );
  });

  it('asks first for those that it did not ask for in a long time', () => {
    const ages = Array.from({ length: 30 }, () => 5 * MINUTE);
    const seenAt = new Map(ages.map((_, n) => [`r${n}`, T0 - 20 * SECOND]));
    seenAt.set('r29', T0 - 2 * MINUTE);
    const { calls } = plan(ages, { exportMs: MINUTE, seenAt });
    expect(calls[0]?.[0]).toBe('r29');
    expect(calls.flat()).toHaveLength(30);
  });

  it('asks for a job that passed its limit although it was asked for lately', () => {
    const seenAt = new Map([['r0', T0 - 16 * SECOND]]);
    const { calls } = plan([61 * MINUTE], { exportMs: 60 * MINUTE, seenAt });
    expect(calls).toEqual([['r0']]);
  });

  it('asks now and then while nobody knows how long an export takes', () => {
    expect(plan([SECOND]).calls).toEqual([]);
    expect(plan([20 * SECOND]).calls).toEqual([['r0']]);
    expect(plan([]).calls).toEqual([]);
  });
});
