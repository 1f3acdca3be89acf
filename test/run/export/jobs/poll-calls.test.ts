import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { jobsToPoll, pollCalls } from '../../../../lib/run/export/jobs/poll-calls.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const LATER = T0 + 2 * MINUTE;

/** A run with one accepted export for each phone, whose request is given. */
function runOf(requests: (string | undefined)[], { at = T0 } = {}) {
  const phones = requests.map((_, n) => plannedPhone(`p${n}`));
  const run = openRun('nightly-1', phones);
  const events = requests.flatMap((request_id, n): RunEvent[] => {
    const own = { at, phone_id: `p${n}`, attempt: 1 };
    const intent: RunEvent = {
      ...{ type: 'intent', at, window: 'w', attempts: [{ phone_id: `p${n}`, attempt: 1 }] },
    };
    if (request_id === undefined)
      return [intent, { type: 'outcome_unknown', ...own, request_id: 'lost' }];
    return [intent, { type: 'accepted', ...own, job_id: `j${n}`, request_id }];
  });
  record(run, events);
  return run;
}

const callsAt = (runs: ReturnType<typeof runOf>[], now: number) =>
  pollCalls(jobsToPoll(runs, now), now);

const many = (count: number, phonesEach: number) =>
  Array.from({ length: count * phonesEach }, (_, n) => `r${Math.floor(n / phonesEach)}`);

describe('the list-jobs calls of a poll', () => {
  it('are none while nothing is in flight', () => {
    expect(callsAt([openRun('nightly-1', [plannedPhone('p0')])], LATER)).toEqual([]);
  });

  it('name each request once', () => {
    expect(callsAt([runOf(['r1', 'r1', 'r2'])], LATER)).toEqual([['r1', 'r2']]);
  });

  it('hold at most 20 requests', () => {
    const calls = callsAt([runOf(many(45, 1))], LATER);
    expect(calls.map((ids) => ids.length)).toEqual([20, 20, 5]);
  });

  it('hold at most 100 jobs, so that CPH needs one page', () => {
    const calls = callsAt([runOf(many(5, 50))], LATER);
    expect(calls.map((ids) => ids.length)).toEqual([2, 2, 1]);
  });

  it('give a request of more than 100 jobs a call of its own', () => {
    expect(callsAt([runOf([...many(1, 120), 'other'])], LATER)).toEqual([['r0'], ['other']]);
  });

  it('ask apart for jobs that CPH may not list yet, and for requests without a known job', () => {
    const runs = [runOf(['old']), runOf(['fresh'], { at: LATER - 29_999 }), runOf([undefined])];
    expect(callsAt(runs, LATER)).toEqual([['lost'], ['fresh'], ['old']]);
    expect(callsAt(runs, LATER + 1)).toEqual([['lost'], ['old', 'fresh']]);
  });
});

it('a job says which of its limits has passed', () => {
  const overdue = (minutes: number) =>
    jobsToPoll([runOf(['r1'])], T0 + minutes * MINUTE).get('r1')?.[0]?.overdue;
  expect([59, 60].map(overdue)).toEqual([undefined, 'export_timeout']);
});
