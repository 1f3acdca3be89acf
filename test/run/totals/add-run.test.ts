import { describe, expect, it } from 'vitest';
import type { Report, ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { noTotals } from '../../../lib/ledger/state/totals.ts';
import { countOutcomes } from '../../../lib/run/settle/outcome.ts';
import { addRun } from '../../../lib/run/totals/add-run.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const phone = (changes: Partial<ReportedPhone>): ReportedPhone => ({
  ...{ phone_id: 'p1', outcome: 'exported', attempts: 1 },
  ...changes,
});

function report(n: number, phones: readonly ReportedPhone[]): Omit<Report, 'phones'> {
  return {
    ...{ run_id: `nightly-${n}`, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
    ...{ outcome: 'partial', listing_complete: true },
    started_at: new Date(T0 + n * MINUTE).toISOString(),
    settled_at: new Date(T0 + n * MINUTE + 90_000).toISOString(),
    counts: countOutcomes(phones.map(({ outcome }) => outcome)),
    metrics: {
      calls: { cph: { 'batch-storage': { ok: 2, refused: 1, throttled: 0, failed: 0 } } },
      ...{ retries: 1, throttled_ms: 500, function_ms: 3_000 },
    },
  };
}

const add = (known = noTotals(T0), n = 1, ...phones: ReportedPhone[]) =>
  addRun(known, report(n, phones), phones);

describe('addRun', () => {
  it('adds up runs, phones, bytes, times and calls', () => {
    const phones = [phone({ size: 700 }), phone({ size: 300 }), phone({ outcome: 'skipped' })];
    const totals = add(add(noTotals(T0), 1, ...phones), 2, ...phones);
    expect(totals).toMatchObject({
      since: T0,
      runs: { partial: 2 },
      phones: { exported: 4, skipped: 2 },
      failures: {},
      ...{ run_ms: 180_000, exported_bytes: 2_000 },
      metrics: {
        calls: { cph: { 'batch-storage': { ok: 4, refused: 2 } } },
        ...{ retries: 2, throttled_ms: 1_000, function_ms: 6_000 },
      },
    });
    expect(totals.recent).toMatchObject([
      { run_id: 'nightly-2', bytes: 1_000 },
      { run_id: 'nightly-1', started_at: T0 + MINUTE },
    ]);
  });

  it('adds a run once, however often it is recorded', () => {
    const once = add();
    expect(add(once)).toEqual(once);
  });

  it('counts failures by code, else by reason, and never by a text', () => {
    const totals = add(
      noTotals(T0),
      1,
      phone({ outcome: 'failed', reason: 'job_failed', code: 'CPS.0107' }),
      phone({ outcome: 'timed_out', reason: 'deadline' }),
      phone({ outcome: 'failed', code: 'a text of "some" kind' }),
      phone({ outcome: 'failed' }),
      phone({ outcome: 'failed', code: 'constructor' }),
      phone({ outcome: 'failed', code: '__proto__' }),
    );
    expect(totals.failures).toEqual({
      ...{ 'CPS.0107': 1, deadline: 1, other: 3 },
      constructor: 1,
    });
  });

  it('keeps the number of codes and of remembered runs small', () => {
    let totals = noTotals(T0);
    for (let n = 0; n < 300; n += 1) {
      totals = add(totals, n, phone({ outcome: 'failed', code: `CPS.${n}` }));
    }
    expect(Object.keys(totals.failures)).toHaveLength(65);
    expect(totals.failures.other).toBe(300 - 64);
    expect(totals.recent).toHaveLength(200);
    expect(totals.recent[0]?.run_id).toBe('nightly-299');
  });
});
