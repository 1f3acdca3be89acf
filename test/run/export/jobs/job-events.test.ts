import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../lib/cloud/cph/job.ts';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { findMissingJob, pollEvents } from '../../../../lib/run/export/jobs/job-events.ts';
import type { PolledAttempt } from '../../../../lib/run/export/jobs/poll-calls.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import { accepted, intent, own, succeeded } from '../../../support/attempt-events.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const NOW = T0 + 10 * MINUTE;

/** The last attempt of p1 after these events. */
function polled(events: RunEvent[], overdue?: PolledAttempt['overdue']): PolledAttempt {
  const run = openRun('nightly-1', [plannedPhone('p1')]);
  record(run, events);
  const attempt = [...(run.state.phones.get('p1')?.attempts.values() ?? [])].at(-1);
  if (attempt === undefined) throw new Error('no attempt');
  return { run, phoneId: 'p1', attempt, overdue };
}
const job = (changes: Partial<Job> = {}): Job => ({
  ...{ job_id: 'j1', phone_id: 'p1', state: 'running', ...changes },
});
const unlisted = (at: number): RunEvent => ({ type: 'unlisted', at, ...own() });
const running = [intent(), accepted()];
const found = (events: RunEvent[], jobs: Job[], overdue?: PolledAttempt['overdue']) =>
  pollEvents(polled(events, overdue), jobs, NOW);

describe('what a poll says of a running job', () => {
  it('is nothing while CPH lists it as running', () => {
    expect(found(running, [job()])).toEqual([]);
  });

  it.each(['succeeded', 'failed'] as const)('is its end when it %s', (state) => {
    expect(found(running, [job({ state, took: 5 })])).toEqual([
      { type: 'ended', at: NOW, ...own(), result: state, took: 5 },
    ]);
  });

  it('is a success when one of two jobs under the same key succeeded', () => {
    const twice = [...running, { ...accepted(), job_id: 'j2' } as RunEvent];
    const jobs = [job({ state: 'failed' }), job({ job_id: 'j2', state: 'succeeded' })];
    expect(found(twice, jobs)).toMatchObject([{ result: 'succeeded' }]);
  });

  it('cuts codes and texts that would fill the log', () => {
    const [event] = found(running, [
      job({ state: 'failed', code: 'C'.repeat(99), message: 'm'.repeat(999) }),
    ]);
    expect(event).toMatchObject({ code: 'C'.repeat(64), message: 'm'.repeat(200) });
  });

  it('is not about jobs of other attempts', () => {
    expect(found(running, [job({ job_id: 'other', state: 'succeeded' })])).toEqual([
      { type: 'unlisted', at: NOW, ...own() },
    ]);
  });

  it('is a loss only when CPH has not listed it for two minutes', () => {
    expect(found([...running, unlisted(NOW - 2 * MINUTE + 1)], [])).toEqual([]);
    expect(found([...running, unlisted(NOW - 2 * MINUTE)], [])).toMatchObject([
      { type: 'ended', result: 'lost' },
    ]);
    expect(found([...running, unlisted(NOW - MINUTE)], [job()])).toMatchObject([
      { type: 'listed' },
    ]);
  });

  it('is a timeout when it still runs past its limit, and never when CPH does not list it', () => {
    const overdue = 'export_timeout' as NonNullable<PolledAttempt['overdue']>;
    expect(found(running, [job()], overdue)).toMatchObject([
      { type: 'outcome', phone_id: 'p1', outcome: 'timed_out', reason: overdue },
    ]);
    expect(found(running, [job({ state: 'succeeded' })], overdue)).toMatchObject([
      { result: 'succeeded' },
    ]);
    expect(found(running, [], overdue)).toMatchObject([{ type: 'unlisted' }]);
  });

  it('is nothing new once the attempt has ended', () => {
    expect(found([...running, succeeded()], [])).toEqual([]);
  });
});

describe('a job whose response was lost', () => {
  const lost: RunEvent[] = [
    intent(),
    { type: 'outcome_unknown', at: T0, ...own(), request_id: 'r1' },
  ];

  it('is found by its phone among the jobs of the request', () => {
    expect(findMissingJob(polled(lost), [job({ phone_id: 'p2' }), job()], NOW)).toEqual([
      { type: 'accepted', at: NOW, ...own(), job_id: 'j1', request_id: 'r1' },
    ]);
  });

  it('is none that another attempt of the phone has', () => {
    const second: RunEvent[] = [
      ...running,
      intent(2),
      { type: 'outcome_unknown', at: T0, ...own(2), request_id: 'r2' },
    ];
    expect(findMissingJob(polled(second), [job()], NOW)).toEqual([]);
  });

  it('cannot be found without the id of the request', () => {
    const unknown: RunEvent[] = [intent(), { type: 'outcome_unknown', at: T0, ...own() }];
    expect(findMissingJob(polled(unknown), [job()], NOW)).toEqual([]);
  });
});
