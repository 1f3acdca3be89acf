import { describe, expect, it } from 'vitest';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import type { Report } from '../../../../lib/ledger/run/report.ts';
import { progressOf } from '../../../../lib/run/query/runs/progress.ts';
import { settledSummary, summaryOf } from '../../../../lib/run/query/runs/summarize.ts';
import { runSummarySchema } from '../../../../lib/run/query/schemas/run.ts';
import { openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const SLOT = '20260102T023000Z';
const nothing = {
  outcome: null,
  started_at: null,
  settled_at: null,
  counts: null,
  progress: null,
};
const report: Report = {
  run_id: RUN,
  policy: 'nightly',
  trigger: 'http',
  slot: SLOT,
  outcome: 'failed',
  reason: 'policy_gone',
  message: 'There is no such policy.',
  started_at: '2026-01-02T02:30:00.000Z',
  settled_at: '2026-01-02T03:30:00.000Z',
  counts: { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
  phones: [],
};
const settled = {
  run_id: RUN,
  policy: 'nightly',
  trigger: 'http',
  slot: SLOT,
  phase: 'settled',
  cancelling: false,
  outcome: 'failed',
  reason: 'policy_gone',
  started_at: report.started_at,
  settled_at: report.settled_at,
  counts: report.counts,
  progress: null,
};

describe('the summary of a settled run', () => {
  it('equals the report, even when a cancel was requested', () => {
    const summary = summaryOf(RUN, { kind: 'settled', report }, true, T0);
    expect(summary).toStrictEqual(settled);
    expect(runSummarySchema.parse(summary)).toEqual(summary);
  });

  it('has a reason only when the report has one', () => {
    const summary = settledSummary({ ...report, reason: undefined });
    expect(summary).toEqual({ ...settled, reason: undefined });
    expect(summary).not.toHaveProperty('reason');
  });
});

describe('the summary of an open run', () => {
  const running = () => openRun(RUN, [plannedPhone('p')]);
  const summary = (run: ReturnType<typeof running>, cancelling = false) =>
    summaryOf(RUN, { kind: 'open', run }, cancelling, T0 + 1);

  it('shows start time and progress', () => {
    const run = running();
    expect(summary(run)).toStrictEqual({
      ...nothing,
      run_id: RUN,
      policy: 'nightly',
      trigger: 'timer',
      slot: SLOT,
      phase: 'running',
      cancelling: false,
      started_at: '2026-01-02T02:30:00.000Z',
      progress: progressOf(run, T0 + 1),
    });
    expect(progressOf(run, T0 + 1).queued).toBe(1);
  });

  it('shows the request before the run is planned', () => {
    expect(summary({ ...running(), plan: undefined })).toStrictEqual({
      ...nothing,
      run_id: RUN,
      policy: 'nightly',
      trigger: 'timer',
      slot: SLOT,
      phase: 'requested',
      cancelling: false,
    });
  });

  it('has the slot of the plan, else of the request, else none', () => {
    const run = running();
    const request = { ...run.request, slot: '20990101T000000Z' };
    expect(summary({ ...run, request }).slot).toBe(SLOT);
    expect(summary({ ...run, request, plan: undefined }).slot).toBe('20990101T000000Z');
    const slotless = { ...run.request };
    delete slotless.slot;
    expect(summary({ ...run, request: slotless, plan: undefined }).slot).toBeNull();
  });

  it('is being cancelled after a cancel request, or once the run has recorded it', () => {
    const run = running();
    expect(summary(run, true).cancelling).toBe(true);
    fold(run.state, [{ type: 'cancel_seen', at: T0 }]);
    expect(summary(run, false).cancelling).toBe(true);
  });
});

describe('the summary of a run that was quarantined', () => {
  const { request } = openRun(RUN, []);
  const problem = {
    key: 'k',
    code: 'object_newer',
    message: 'k is too new',
    hint: 'Deploy again.',
  };
  const quarantined = { kind: 'quarantined' as const, problem };
  const common = {
    ...{ ...nothing, run_id: RUN, phase: 'quarantined', reason: 'object_newer' },
    unreadable: [problem],
  };

  it('shows the readable part of the request', () => {
    expect(summaryOf(RUN, { ...quarantined, request }, true, T0)).toStrictEqual({
      ...common,
      ...{ policy: 'nightly', trigger: 'timer', slot: SLOT, cancelling: true },
    });
    const slotless = { ...request };
    delete slotless.slot;
    expect(summaryOf(RUN, { ...quarantined, request: slotless }, false, T0)).toStrictEqual({
      ...common,
      ...{ policy: 'nightly', trigger: 'timer', slot: null, cancelling: false },
    });
  });

  it.each([
    [RUN, 'nightly'],
    ['odd', ''],
  ])('uses the policy in the id %s when nothing is readable', (runId, policy) => {
    expect(summaryOf(runId, { ...quarantined, request: undefined }, false, T0)).toStrictEqual({
      ...common,
      ...{ run_id: runId, policy, trigger: null, slot: null, cancelling: false },
    });
  });
});
