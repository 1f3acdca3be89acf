import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import type { PlannedPhone } from '../../../../lib/ledger/run/plan.ts';
import { nextRestoreStep } from '../../../../lib/run/state/steps/next-restore-step.ts';
import type { RunFacts } from '../../../../lib/run/state/steps/next-step.ts';
import { outcomeUnknown, refused } from '../../../support/attempt-events.ts';
import { callOf, restoreSource, restoreTerms } from '../../../support/restores.ts';
import { MINUTE, phoneWith, runFacts, T0 } from '../../../support/runs.ts';

const NOW = T0 + 5 * MINUTE;

type Scene = {
  events?: RunEvent[];
  phone?: Partial<PlannedPhone>;
  facts?: Partial<RunFacts>;
  now?: number;
};

function stepOf({ events = [], phone = {}, facts = {}, now = NOW }: Scene) {
  const known = phoneWith(events, { source: restoreSource('p1'), ...phone });
  return nextRestoreStep(known, runFacts({ restore: restoreTerms, ...facts }), now);
}

const ready = (at: number): RunEvent => ({ type: 'ready', at, phone_id: 'p1' });
const lost = (call: 'restore' | 'restart', attempt: number, at = T0): RunEvent[] => {
  const attempts = [{ phone_id: 'p1', attempt, call }];
  return [{ type: 'intent', at, window: `w${attempt}`, attempts }, outcomeUnknown(attempt, at)];
};

describe('nextRestoreStep', () => {
  it('restores, restarts, waits until the phone runs, and says how long it took', () => {
    const restored = callOf('restore', 1, 'succeeded');
    const restarted = [...restored, ...callOf('restart', 2, 'succeeded')];

    expect(stepOf({})).toEqual({ kind: 'submit', attempt: 1, notBefore: 0, call: 'restore' });
    expect(stepOf({ events: callOf('restore', 1) })).toMatchObject({ kind: 'poll' });
    expect(stepOf({ events: restored })).toMatchObject({
      ...{ kind: 'submit', attempt: 2, call: 'restart' },
    });
    expect(stepOf({ events: restarted })).toMatchObject({ kind: 'await_state', restarted: true });
    expect(stepOf({ events: [...restarted, ready(NOW)] })).toEqual({
      ...{ kind: 'done', outcome: 'restored', took: 4 * MINUTE },
    });
  });

  it('waits for a cold archive, then for the export, and until the deadline', () => {
    const phone = { cold: true as const, safety_run: 'nightly-1' };
    const thawed: RunEvent = { type: 'thawed', at: T0, phone_id: 'p1' };
    expect(stepOf({ phone })).toEqual({ kind: 'await_thaw' });
    expect(stepOf({ phone, events: [thawed] })).toEqual({ kind: 'await_export' });
    expect(stepOf({ phone, now: T0 + 24 * 60 * MINUTE })).toMatchObject({
      ...{ kind: 'done', outcome: 'timed_out', reason: 'not_thawed' },
    });
    expect(stepOf({ phone, facts: { cancelledAt: NOW } })).toMatchObject({ outcome: 'cancelled' });
  });

  it('ignores that the phone ran before its restart', () => {
    const events = [
      ...callOf('restore', 1, 'succeeded'),
      ...[ready(T0), ...callOf('restart', 2, 'succeeded')],
    ];
    expect(stepOf({ events })).toMatchObject({ kind: 'await_state' });
  });

  it('is done after the restore where nothing is to be restarted', () => {
    const facts = { restore: { ...restoreTerms, restart: false } };
    expect(stepOf({ facts, events: callOf('restore', 1, 'succeeded') })).toEqual({
      ...{ kind: 'done', outcome: 'restored', took: MINUTE },
    });
  });

  it('resets the phone before its restore where that is asked for', () => {
    const facts = { restore: { ...restoreTerms, reset_first: true as const } };
    expect(stepOf({ facts })).toMatchObject({ attempt: 1, call: 'reset' });
    expect(stepOf({ facts, events: callOf('reset', 1, 'succeeded') })).toMatchObject({
      ...{ attempt: 2, call: 'restore' },
    });
  });

  it('exports the phone before anything is written to it', () => {
    const phone = { safety_run: 'nightly-0123456789abcdef01234567' };
    const saved: RunEvent = { type: 'saved', at: T0, phone_id: 'p1', key: 'k' };
    expect(stepOf({ phone })).toEqual({ kind: 'await_export' });
    expect(stepOf({ phone, events: [saved] })).toMatchObject({ kind: 'submit' });
  });

  it('waits for a phone in a passing state before its restore', () => {
    expect(stepOf({ phone: { waiting: true } })).toEqual({
      ...{ kind: 'await_state', until: T0 + 10 * MINUTE },
    });
    const events = [ready(T0 + MINUTE)];
    expect(stepOf({ phone: { waiting: true }, events })).toMatchObject({ kind: 'submit' });
  });

  it.each<[string, Scene, object]>([
    [
      'keeps the verdict of the plan',
      { phone: { verdict: { outcome: 'skipped', reason: 'stopped' } } },
      { outcome: 'skipped', reason: 'stopped' },
    ],
    [
      'cancels a phone that nothing was written to',
      { facts: { cancelledAt: NOW } },
      { outcome: 'cancelled' },
    ],
    [
      'ends a phone that was not begun when the deadline passes',
      { now: T0 + 121 * MINUTE },
      { outcome: 'timed_out', reason: 'deadline' },
    ],
    [
      'fails at once when no retry can help',
      { events: callOf('restore', 1, 'failed', { code: 'CPS.0172' }) },
      { outcome: 'failed', reason: 'restore_failed', code: 'CPS.0172' },
    ],
    [
      'fails when the attempts are used up',
      {
        events: [
          ...callOf('restore', 1, 'failed', { code: 'CPS.0107' }),
          ...callOf('restore', 2, 'failed', { code: 'CPS.0107' }),
        ],
      },
      { outcome: 'failed', reason: 'restore_failed', code: 'CPS.0107' },
    ],
    [
      'fails when the phone does not restart',
      {
        events: [
          ...callOf('restore', 1, 'succeeded'),
          ...callOf('restart', 2, 'failed', { code: 'CPS.0005' }),
        ],
      },
      { outcome: 'failed', reason: 'restart_failed', code: 'CPS.0005' },
    ],
  ])('%s', (_rule, scene, expected) => {
    expect(stepOf(scene)).toMatchObject({ kind: 'done', ...expected });
  });

  it.each<[string, Partial<RunFacts>, number]>([
    ['a cancel', { cancelledAt: NOW }, NOW],
    ['the deadline', {}, T0 + 300 * MINUTE],
  ])('restarts a restored phone in spite of %s', (_what, facts, now) => {
    const events = callOf('restore', 1, 'succeeded');
    expect(stepOf({ events, facts, now })).toMatchObject({ kind: 'submit', call: 'restart' });
  });

  it('repeats a restore in spite of a cancel when the first one may have written half of it', () => {
    const events = callOf('restore', 1, 'failed', { code: 'CPS.0107' });
    const facts = { cancelledAt: NOW };
    expect(stepOf({ events, facts })).toMatchObject({
      kind: 'submit',
      attempt: 2,
      call: 'restore',
    });
  });

  it('cancels a phone whose restore CPH refused', () => {
    const events = [callOf('restore', 1)[0]!, refused(1, 'CPS.0042')];
    expect(stepOf({ events, facts: { cancelledAt: NOW } })).toMatchObject({ outcome: 'cancelled' });
  });

  it('waits after a lost response before it restores again, under a new number', () => {
    const events = lost('restore', 1);
    const watched = stepOf({ events, now: T0 + 4 * MINUTE });
    expect(watched).toMatchObject({ kind: 'watch', until: T0 + 5 * MINUTE });
    expect(stepOf({ events, now: T0 + 6 * MINUTE })).toMatchObject({
      ...{ kind: 'submit', attempt: 2, call: 'restore' },
    });
  });

  it('restarts again soon after a lost response: that does no harm', () => {
    const at = T0 + 3 * MINUTE;
    const events = [...callOf('restore', 1, 'succeeded'), ...lost('restart', 2, at)];
    expect(stepOf({ events, now: at + MINUTE })).toMatchObject({ kind: 'watch' });
    expect(stepOf({ events, now: at + 2 * MINUTE })).toMatchObject({
      ...{ kind: 'submit', attempt: 3, call: 'restart' },
    });
  });

  it('fails after three lost responses', () => {
    const events = [1, 2, 3].flatMap((number) => lost('restore', number));
    expect(stepOf({ events, now: T0 + 60 * MINUTE })).toMatchObject({
      ...{ outcome: 'failed', reason: 'response_lost' },
    });
  });

  it('never gives a number to a second call that another call was meant to have', () => {
    const unsent: RunEvent[] = [
      {
        ...{ type: 'intent', at: T0, window: 'w2' },
        attempts: [{ phone_id: 'p1', attempt: 2, call: 'restore' }],
      },
      { type: 'unsent', at: T0, window: 'w2', attempts: [{ phone_id: 'p1', attempt: 2 }] },
    ];
    const events = [...unsent, ...callOf('restore', 1, 'succeeded')];
    expect(stepOf({ events })).toMatchObject({ attempt: 3, call: 'restart' });
  });

  it.each([
    ['restore', 60, 'restore_timeout'],
    ['restart', 15, 'restart_timeout'],
  ] as const)('ends a %s that runs for too long as timed out', (call, minutes, overdue) => {
    const at = T0;
    const before = call === 'restart' ? callOf('restore', 1, 'succeeded', { at }) : [];
    const events = [...before, ...callOf(call, 2, undefined, { at })];
    const due = at + minutes * MINUTE;
    expect(stepOf({ events, now: due - 1 })).not.toHaveProperty('overdue');
    expect(stepOf({ events, now: due })).toMatchObject({ kind: 'poll', overdue });
  });

  it('gives up a job only after half an hour of failed polls', () => {
    const events = callOf('restore', 1, undefined, { at: T0 });
    const facts = { outageSince: { jobs: T0, archives: undefined } };
    expect(stepOf({ events, facts, now: T0 + 89 * MINUTE })).toMatchObject({ kind: 'poll' });
    expect(stepOf({ events, facts, now: T0 + 90 * MINUTE })).toMatchObject({
      ...{ outcome: 'timed_out', reason: 'restore_timeout' },
    });
  });
});
