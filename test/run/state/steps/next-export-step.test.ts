import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import type { HookTerms } from '../../../../lib/ledger/run/plan.ts';
import { nextExportStep } from '../../../../lib/run/state/steps/next-export-step.ts';
import { intent, accepted, refused, verified } from '../../../support/attempt-events.ts';
import { MINUTE, phoneWith, runFacts, T0, terms } from '../../../support/runs.ts';

const HOOKS: HookTerms = {
  before: ['am force-stop com.a', 'sync'],
  after: ['am start -n com.a/.Main'],
  timeout: 5 * MINUTE,
  on_error: 'fail',
};

const sent = (command: string, attempt: number): RunEvent => ({
  ...{ type: 'intent', at: T0, window: `w${attempt}` },
  attempts: [{ phone_id: 'p1', attempt, call: 'command', command }],
});
const job = (attempt: number): RunEvent => ({
  ...{ type: 'accepted', at: T0, phone_id: 'p1', attempt, job_id: `j${attempt}`, request_id: 'r' },
});
const ended = (attempt: number, result: 'succeeded' | 'failed'): RunEvent => ({
  ...{ type: 'ended', at: T0, phone_id: 'p1', attempt, result },
  ...(result === 'failed' ? { code: 'CPS.0191' } : {}),
});
const ran = (command: string, attempt: number, result: 'succeeded' | 'failed' = 'succeeded') => [
  ...[sent(command, attempt), job(attempt), ended(attempt, result)],
];
const READY = [...ran('before 1', 1_001), ...ran('before 2', 1_002)];

function stepOf(
  events: RunEvent[],
  {
    hooks = {},
    now = T0 + MINUTE,
    ...facts
  }: { hooks?: Partial<HookTerms>; now?: number } & Partial<
    Parameters<typeof nextExportStep>[1]
  > = {},
) {
  const own = { ...terms, hooks: { ...HOOKS, ...hooks } };
  return nextExportStep(phoneWith(events), runFacts({ terms: own, ...facts }), now);
}

describe('a phone of a policy with hooks', () => {
  it('runs the commands before its export one after the other, then is exported', () => {
    expect(stepOf([])).toMatchObject({ kind: 'submit', attempt: 1_001, command: 'before 1' });
    expect(stepOf([sent('before 1', 1_001), job(1_001)])).toMatchObject({ kind: 'poll' });
    const one = ran('before 1', 1_001);
    expect(stepOf(one)).toMatchObject({ kind: 'submit', attempt: 1_002, command: 'before 2' });
    expect(stepOf(READY)).toEqual({ kind: 'submit', attempt: 1, notBefore: 0 });
  });

  it('runs the commands after its export once it is verified, then is done', () => {
    const exported = [...READY, intent(), accepted()];
    expect(stepOf(exported)).toMatchObject({ kind: 'poll', attempt: { number: 1 } });
    const verifiedOnce = [...exported, verified()];
    expect(stepOf(verifiedOnce)).toMatchObject({ kind: 'submit', command: 'after 1' });
    const done = [...verifiedOnce, ...ran('after 1', 1_003)];
    expect(stepOf(done)).toMatchObject({ kind: 'done', outcome: 'exported' });
  });

  it.each([
    ['failed', [refused(1, 'CPS.0168', T0)]],
    ['timed_out', [{ type: 'outcome', at: T0, phone_id: 'p1', outcome: 'timed_out', reason: 'x' }]],
  ] as [string, RunEvent[]][])('runs them also when the export has %s', (outcome, events) => {
    const all = [...READY, intent(), ...events];
    expect(stepOf(all)).toMatchObject({ kind: 'submit', command: 'after 1' });
    expect(stepOf([...all, ...ran('after 1', 1_003)])).toMatchObject({ kind: 'done', outcome });
  });

  it('is not exported when a command before it fails, and runs those after it', () => {
    const failed = ran('before 1', 1_001, 'failed');
    expect(stepOf(failed)).toMatchObject({ kind: 'submit', command: 'after 1' });
    expect(stepOf([...failed, ...ran('after 1', 1_002)])).toEqual({
      ...{ kind: 'done', outcome: 'failed', reason: 'hook_failed', code: 'CPS.0191' },
    });
  });

  it('stays failed when its run is cancelled or late afterwards', () => {
    const events = [...ran('before 1', 1_001, 'failed'), ...ran('after 1', 1_002)];
    for (const facts of [{ cancelledAt: T0 }, { now: T0 + terms.deadline }]) {
      expect(stepOf(events, facts)).toMatchObject({ outcome: 'failed', reason: 'hook_failed' });
    }
  });

  it('goes on after a failed command where the policy says so', () => {
    const failed = ran('before 1', 1_001, 'failed');
    const go = { hooks: { on_error: 'continue' as const } };
    expect(stepOf(failed, go)).toMatchObject({ command: 'before 2' });
    const both = [...failed, ...ran('before 2', 1_002)];
    expect(stepOf(both, go)).toMatchObject({ kind: 'submit', attempt: 1 });
  });

  it('gives a command up after its timeout', () => {
    const running = [sent('before 1', 1_001), job(1_001)];
    expect(stepOf(running, { now: T0 + 5 * MINUTE - 1 })).toMatchObject({ kind: 'poll' });
    const over = { now: T0 + 5 * MINUTE };
    expect(stepOf(running, over)).toMatchObject({ kind: 'submit', command: 'after 1' });
  });

  it('waits for what runs, then runs the commands after, when it is cancelled in between', () => {
    const cancelled = { cancelledAt: T0 };
    const running = [sent('before 1', 1_001), job(1_001)];
    expect(stepOf(running, cancelled)).toMatchObject({ kind: 'poll' });
    expect(stepOf(ran('before 1', 1_001), cancelled)).toMatchObject({ command: 'after 1' });
    expect(stepOf([], cancelled)).toMatchObject({ kind: 'done', outcome: 'cancelled' });
  });

  it('waits for a phone that is in another state, without counting that as a try', () => {
    const late = refused(1_001, 'CPS.0165', T0);
    const events = [sent('before 1', 1_001), late];
    expect(stepOf(events)).toEqual({ kind: 'await_state', until: T0 + terms.wait_for_phones });
    const ready: RunEvent = { type: 'ready', at: T0 + 1, phone_id: 'p1' };
    const again = [...events, ready, sent('before 1', 1_002), refused(1_002, 'CPS.0165', T0 + 2)];
    expect(stepOf([...events, ready])).toMatchObject({ command: 'before 1', attempt: 1_002 });
    expect(stepOf(again)).toMatchObject({ kind: 'await_state' });
  });

  it('retries its export without running the commands before it again', () => {
    const failed: RunEvent[] = [
      intent(),
      accepted(),
      { ...ended(1, 'failed'), code: 'CPS.0107' } as RunEvent,
    ];
    expect(stepOf([...READY, ...failed])).toMatchObject({ kind: 'submit', attempt: 2 });
  });

  it('runs nothing after it when nothing was begun', () => {
    const events: RunEvent[] = [
      ...[
        sent('before 1', 1_001),
        {
          type: 'unsent',
          at: T0,
          window: 'w1001',
          attempts: [{ phone_id: 'p1', attempt: 1_001 }],
        } as RunEvent,
      ],
    ];
    expect(stepOf(events, { cancelledAt: T0 })).toMatchObject({ kind: 'done' });
  });

  it('has the steps of any other phone when its policy has no hooks', () => {
    expect(nextExportStep(phoneWith([]), runFacts(), T0)).toMatchObject({ attempt: 1 });
  });
});
