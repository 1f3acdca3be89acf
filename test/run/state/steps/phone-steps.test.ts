import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { phoneSteps } from '../../../../lib/run/state/steps/phone-steps.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const own = { phone_id: 'p', attempt: 1 };
const cancel: RunEvent = { type: 'cancel_seen', at: T0 };

describe('phoneSteps', () => {
  const unknown: RunEvent = { type: 'outcome_unknown', at: T0, ...own };
  const accepted: RunEvent = { type: 'accepted', at: T0, ...own, job_id: 'j', request_id: 'r' };
  const stepOf = (events: RunEvent[], now = T0, changes: Parameters<typeof openRun>[2] = {}) => {
    const run = openRun(RUN, [plannedPhone('p')], changes);
    fold(run.state, events);
    return phoneSteps(run, now)[0]?.step;
  };
  const exportOf = (took: number): RunEvent => ({
    ...{ type: 'ended', at: T0, phone_id: 'p', attempt: 9, result: 'succeeded', took },
  });

  it('returns every phone in submission order', () => {
    const run = openRun(RUN, [plannedPhone('q'), plannedPhone('p')]);
    const all = phoneSteps(run, T0);
    expect(all.map(({ phone }) => phone.planned.phone_id)).toEqual(['q', 'p']);
    expect(all.map(({ step }) => step.kind)).toEqual(['submit', 'submit']);
  });

  it('returns no phone without a plan or terms', () => {
    const run = openRun(RUN, [plannedPhone('p')]);
    expect(phoneSteps({ ...run, plan: undefined }, T0)).toEqual([]);
    if (run.plan !== undefined) delete run.plan.terms;
    expect(phoneSteps(run, T0)).toEqual([]);
  });

  it('decides by the terms, the start and the cancellation of the run', () => {
    const deadline = { terms: { deadline: MINUTE } };
    expect(stepOf([], T0 + MINUTE - 1, deadline)?.kind).toBe('submit');
    expect(stepOf([], T0 + MINUTE, deadline)).toMatchObject({ outcome: 'timed_out' });
    expect(stepOf([cancel])).toMatchObject({ outcome: 'cancelled' });
  });

  it.each<[string, number, number]>([
    ['a quarter of an hour until an export was seen', 0, 15],
    ['two minutes at least', 0.5, 2],
    ['two minutes after an export of one', 1, 2],
    ['twice as long as the longest export took', 10, 20],
    ['no longer than an export may take', 40, 60],
  ])('watches for a lost archive %s', (_, took, minutes) => {
    const events = took === 0 ? [] : [exportOf(MINUTE / 4), exportOf(took * MINUTE)];
    const phone = openRun(RUN, [plannedPhone('p'), plannedPhone('q')]);
    fold(phone.state, [
      unknown,
      ...events.map((event) => ({ ...event, phone_id: 'q' }) as RunEvent),
    ]);
    expect(phoneSteps(phone, T0)[0]?.step).toMatchObject({
      ...{ kind: 'watch', until: T0 + minutes * MINUTE },
    });
  });

  it('gives up a job after its lookups have failed for long', () => {
    const end = T0 + 60 * MINUTE;
    const outage = (to: 'jobs' | 'archives'): RunEvent => ({ type: 'outage_started', at: T0, to });
    const seen: RunEvent = { type: 'outage_ended', at: T0 + 1, to: 'jobs' };
    const overdue = end + 30 * MINUTE;
    expect(stepOf([accepted, outage('jobs')], overdue)?.kind).toBe('done');
    expect(stepOf([accepted, outage('archives')], overdue)?.kind).toBe('poll');
    expect(stepOf([accepted, outage('jobs'), seen], overdue)?.kind).toBe('poll');
  });

  it('gives up an archive after its lookups have failed for long', () => {
    const outage = (to: 'jobs' | 'archives'): RunEvent => ({ type: 'outage_started', at: T0, to });
    const events: RunEvent[] = [accepted, { type: 'ended', at: T0, ...own, result: 'succeeded' }];
    const over = T0 + 150 * MINUTE;
    expect(stepOf([...events, outage('archives')], over)).toMatchObject({ reason: 'not_verified' });
    expect(stepOf([...events, outage('jobs')], over)?.kind).toBe('verify');
  });
});
