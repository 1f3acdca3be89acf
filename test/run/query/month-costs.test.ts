import { describe, expect, it } from 'vitest';
import { monthCosts } from '../../../lib/run/query/month-costs.ts';

const daily = ['2026-01-01T18:30:00Z', '2026-01-02T18:30:00Z', '2026-01-03T18:30:00Z'];
const weekly = ['2026-01-01T18:30:00Z', '2026-01-08T18:30:00Z'];
const costs = {
  ...{ run_id: 'nightly-1', exported: 900, archive_bytes: 1 },
  ...{ function_ms: 600_000, calls: { cph: 300, obs: 200, smn: 1 } },
};
const estimate = {
  ...{ ms: 1_000_000, export_ms: 60_000, limited_by: 'calls' as const },
  ...{ deadline_ms: 7_200_000, meets_deadline: true },
};
const idle = monthCosts({ next: [], phones: 0, estimate: undefined, costs: undefined });

describe('monthCosts', () => {
  it('has only idle ticks without a schedule', () => {
    expect(idle).toMatchObject({ runs: 0, cph_calls: 0, measured: false });
    expect(idle.gb_s).toBeGreaterThan(0);
    expect(idle.obs_calls).toBeGreaterThan(0);
  });

  it('takes each run to cost what the last one did', () => {
    const month = monthCosts({ next: daily, phones: 900, estimate, costs });
    expect(month).toMatchObject({ runs: 30, cph_calls: 30.4 * 300, measured: true });
    expect(month.gb_s - idle.gb_s).toBe(30.4 * 600 * 0.25);
    expect(month.obs_calls - idle.obs_calls).toBe(30.4 * 200);
  });

  it('counts the runs of a weekly schedule', () => {
    expect(monthCosts({ next: weekly, phones: 900, estimate, costs }).runs).toBe(4);
  });

  it('uses what was measured for fleets of its size before the first run', () => {
    const small = monthCosts({ next: daily, phones: 1_000, estimate, costs: undefined });
    const large = monthCosts({ next: daily, phones: 10_000, estimate, costs: undefined });
    expect(small.measured).toBe(false);
    expect(small.gb_s).toBeGreaterThan(idle.gb_s);
    expect(large.cph_calls / 10_000).toBeLessThan(small.cph_calls / 1_000);
  });
});
