import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { Report } from '../../../lib/ledger/run/report.ts';
import { progressOf } from '../../../lib/run/query/progress.ts';
import { settledSummary, summaryOf } from '../../../lib/run/query/summarize.ts';
import { runSummarySchema } from '../../../lib/run/query/schemas.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

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
  version: 1,
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
  it('tells what its report does, whoever wished to cancel it', () => {
    const summary = summaryOf(RUN, { kind: 'settled', report }, true, T0);
    expect(summary).toStrictEqual(settled);
    expect(runSummarySchema.parse(summary)).toEqual(summary);
  });

  it('has a reason only where there is one', () => {
    const summary = settledSummary({ ...report, reason: undefined });
    expect(summary).toEqual({ ...settled, reason: undefined });
    expect(summary).not.toHaveProperty('reason');
  });
});

describe('the summary of an open run', () => {
  const running = () => openRun(RUN, [plannedPhone('p')]);
  const summary = (run: ReturnType<typeof running>, cancelling = false) =>
    summaryOf(RUN, { kind: 'open', run }, cancelling, T0 + 1);

  it('tells since when it runs and how far it has come', () => {
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

  it('tells what it is asked for while it has no plan', () => {
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

  it('has the slot of its plan, or of its request, or none', () => {
    const run = running();
    const request = { ...run.request, slot: '20990101T000000Z' };
    expect(summary({ ...run, request }).slot).toBe(SLOT);
    expect(summary({ ...run, request, plan: undefined }).slot).toBe('20990101T000000Z');
    const slotless = { ...run.request };
    delete slotless.slot;
    expect(summary({ ...run, request: slotless, plan: undefined }).slot).toBeNull();
  });

  it('is being cancelled once somebody wishes it or the run has seen the wish', () => {
    const run = running();
    expect(summary(run, true).cancelling).toBe(true);
    fold(run.state, [{ type: 'cancel_seen', at: T0 }]);
    expect(summary(run, false).cancelling).toBe(true);
  });
});

describe('the summary of a run that was quarantined', () => {
  const { request } = openRun(RUN, []);
  const quarantined = { kind: 'quarantined' as const, code: 'object_newer', message: 'too new' };
  const common = { ...nothing, run_id: RUN, phase: 'quarantined', reason: 'object_newer' };

  it('tells of its request what can be read', () => {
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
  ])('takes the policy from the id %s where nothing can be read', (runId, policy) => {
    expect(summaryOf(runId, { ...quarantined, request: undefined }, false, T0)).toStrictEqual({
      ...common,
      ...{ run_id: runId, policy, trigger: null, slot: null, cancelling: false },
    });
  });
});
