import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import type { PlannedPhone } from '../../../lib/ledger/run/plan.ts';
import type { Report } from '../../../lib/ledger/run/report.ts';
import { nextDue as nextDueOf } from '../../../lib/run/drive/next-due.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { createWork, type Work } from '../../../lib/run/drive/work.ts';
import { restoredPhone, restoreRun } from '../../support/restores.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const SECOND = 1_000;
const own = { phone_id: 'p', attempt: 1 };
const intent: RunEvent = { type: 'intent', at: T0, window: 'w1', attempts: [own] };
const accepted: RunEvent = { type: 'accepted', at: T0, ...own, job_id: 'j', request_id: 'r' };
const ended: RunEvent = { type: 'ended', at: T0, ...own, result: 'succeeded' };
const unknown: RunEvent = { type: 'outcome_unknown', at: T0, ...own };
const busy: RunEvent = { type: 'refused', at: T0, ...own, code: 'CPS.0099' };

function runOf(events: RunEvent[], changes: Partial<PlannedPhone> = {}): OpenRun {
  const run = openRun('nightly-1', [plannedPhone('p', changes)]);
  fold(run.state, events);
  return run;
}

type Given = { pollAt?: number; orphaned?: Work['orphaned']; limits?: Partial<Limits> };

/** What a drive has in hand, with the limits that it knows. */
function workOf(runs: OpenRun[], { pollAt, orphaned = [], limits }: Given = {}) {
  const work = createWork({ remembered: new Map(), orphaned }, T0);
  runs.forEach((run, n) => work.runs.set(`${run.runId}-${n}`, run));
  work.nextAt.jobs = pollAt ?? T0 + 7 * MINUTE;
  work.nextAt.orphanedJobs = T0 + 8 * MINUTE;
  return { work, limits: { ...initialLimits, ...limits } };
}

const nextDue = ({ work, limits }: ReturnType<typeof workOf>, now: number) =>
  nextDueOf(work, limits, now);

const retryAt = (run: OpenRun, times: Partial<OpenRun['retryAt']>): OpenRun => {
  Object.assign(run.retryAt, times);
  return run;
};
const settled = (run: OpenRun, notified = false): OpenRun => {
  run.report = { run_id: run.runId } as unknown as Report;
  if (notified) fold(run.state, [{ type: 'notified', at: T0 }]);
  return run;
};
const unplanned = (): OpenRun => ({ ...runOf([]), plan: undefined });
const paused = (run: OpenRun, until: number): OpenRun => retryAt(run, { step: until });
const orphaned = [{}] as unknown as Work['orphaned'];

describe('nextDue', () => {
  it('waits for the next poll while a restore whose response was lost is watched', () => {
    const run = restoreRun([restoredPhone('p1')]);
    const attempts = [{ phone_id: 'p1', attempt: 1, call: 'restore' as const }];
    fold(run.state, [
      { type: 'intent', at: T0, window: 'w1', attempts },
      { type: 'outcome_unknown', at: T0, phone_id: 'p1', attempt: 1 },
    ]);
    expect(nextDue(workOf([run], { pollAt: T0 + MINUTE }), T0)).toBe(T0 + MINUTE);
  });

  it.each<[string, number, ReturnType<typeof workOf>]>([
    ['now, for a run without a plan', 0, workOf([unplanned()])],
    ['the end of the pause, for a paused run', 9, workOf([paused(unplanned(), T0 + 9)])],
    ['now, for a run whose pause is over', 0, workOf([paused(unplanned(), T0 - 9)])],
    ['now, for a report that was not notified', 0, workOf([settled(runOf([]))])],
    ['now, for a run whose phones all have an outcome', 0, workOf([openRun('nightly-1', [])])],
    ['the next poll, for a running job', 7 * MINUTE, workOf([runOf([intent, accepted])])],
    ['now, for an ended job', 0, workOf([runOf([intent, accepted, ended])])],
    [
      'the second lookup, for an absent archive',
      2 * MINUTE,
      workOf([runOf([intent, accepted, ended, { type: 'absent', at: T0, ...own }])]),
    ],
    [
      'the next lookup of archives, for a lost response',
      3 * MINUTE,
      workOf([retryAt(runOf([intent, unknown]), { unknownOutcomes: T0 + 3 * MINUTE })]),
    ],
    [
      'the next poll if it is sooner, for a lost response',
      2 * MINUTE,
      workOf([retryAt(runOf([intent, unknown]), { unknownOutcomes: T0 + 3 * MINUTE })], {
        pollAt: T0 + 2 * MINUTE,
      }),
    ],
    [
      'the next lookup of its state, for a phone that is not running',
      4 * MINUTE,
      workOf([retryAt(runOf([], { waiting: true }), { phoneStates: T0 + 4 * MINUTE })], {
        pollAt: T0,
      }),
    ],
    ['five seconds later, for a phone that can be sent', 5 * SECOND, workOf([runOf([])])],
    [
      'the time of the retry, for a phone that waits for it',
      MINUTE,
      workOf([runOf([intent, busy])]),
    ],
    [
      'the next free call, for a phone without a free call',
      60_200,
      workOf([runOf([])], { limits: { calls_per_minute: 1, recent: [T0] } }),
    ],
    [
      'the later of retry and free call, for a phone that waits for both',
      90 * SECOND,
      workOf([runOf([intent, busy])], { limits: { blocked_until: T0 + 90 * SECOND } }),
    ],
  ])('of %s', (_, after, work) => {
    expect(nextDue(work, T0)).toBe(T0 + after);
  });

  it('treats a phone as ready from the exact time of its retry', () => {
    const now = T0 + MINUTE;
    expect(nextDue(workOf([runOf([intent, busy])]), now)).toBe(now + 5 * SECOND);
  });

  it('is the time of the next notification attempt for a report', () => {
    const run = settled(runOf([]));
    fold(run.state, [{ type: 'notify_failed', at: T0, code: 'service', message: 'it failed' }]);
    expect(nextDue(workOf([run]), T0)).toBe(T0 + MINUTE);
  });

  it('is the earliest due time of all runs', () => {
    const first = paused(unplanned(), T0 + 9);
    const second = paused(unplanned(), T0 + 8);
    const third = paused(unplanned(), T0 + 10);
    expect(nextDue(workOf([first, second, third]), T0)).toBe(T0 + 8);
  });

  it('includes the poll of orphaned jobs only while a run is open', () => {
    const notified = settled(runOf([]), true);
    expect(nextDue(workOf([notified], { orphaned }), T0)).toBe(T0 + 8 * MINUTE);
    expect(nextDue(workOf([notified]), T0)).toBeUndefined();
    expect(nextDue(workOf([], { orphaned }), T0)).toBeUndefined();
  });

  it('is undefined without a run', () => {
    expect(nextDue(workOf([]), T0)).toBeUndefined();
  });

  it('is now only when all phones have an outcome', () => {
    const run = openRun('nightly-1', [
      plannedPhone('p', { verdict: { outcome: 'skipped', reason: 'stopped' } }),
      plannedPhone('q', { waiting: true }),
    ]);
    run.retryAt.phoneStates = T0 + MINUTE;
    expect(nextDue(workOf([run]), T0)).toBe(T0 + MINUTE);
    run.state.phones.delete('q');
    expect(nextDue(workOf([run]), T0)).toBe(T0);
  });
});
