import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { nextStep } from '../../../../lib/run/state/steps/next-step.ts';
import {
  accepted,
  failed,
  intent,
  outcomeUnknown,
  own,
  refused,
  rejected,
  responseLost,
  succeeded,
  verified,
} from '../../../support/attempt-events.ts';
import { MINUTE, phoneWith, runFacts, T0, terms } from '../../../support/runs.ts';

describe('nextStep', () => {
  it('submits a running phone at once as attempt 1', () => {
    expect(nextStep(phoneWith([]), runFacts(), T0)).toEqual({
      kind: 'submit',
      attempt: 1,
      notBefore: 0,
    });
  });

  it.each<[string, RunEvent[], number, object]>([
    ['polls a running job', [intent(), accepted()], T0, { kind: 'poll' }],
    [
      'verifies the archive of a succeeded job',
      [intent(), accepted(), succeeded()],
      T0,
      { kind: 'verify', notBefore: T0 },
    ],
    [
      'looks up an absent archive again two minutes later',
      [intent(), accepted(), succeeded(), { type: 'absent', at: T0 + MINUTE, ...own() }],
      T0 + MINUTE,
      { kind: 'verify', notBefore: T0 + 3 * MINUTE },
    ],
    [
      'ends a phone with a verified archive as exported',
      [intent(), accepted(), succeeded(), verified()],
      T0,
      { kind: 'done', outcome: 'exported' },
    ],
    [
      'retries a missing archive under a new key',
      [intent(), accepted(), succeeded(), rejected(1, 'archive_missing')],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + 15_000 },
    ],
    [
      'retries a failed job',
      [intent(), accepted(), failed('CPS.0054')],
      T0,
      { kind: 'submit', attempt: 2 },
    ],
    [
      'retries a job that failed without a code',
      [intent(), accepted(), failed(undefined)],
      T0,
      { kind: 'submit', attempt: 2 },
    ],
    [
      'retries a job that failed with an unknown code',
      [intent(), accepted(), failed('CPS.9999')],
      T0,
      { kind: 'submit', attempt: 2 },
    ],
    [
      'ends after `retry.attempts` jobs that failed with an unknown code',
      [intent(), accepted(), failed('CPS.9999'), intent(2), accepted(2), failed('CPS.9999', 2)],
      T0,
      { kind: 'done', outcome: 'failed', reason: 'job_failed', code: 'CPS.9999' },
    ],
    [
      'does not retry a job that failed with a final code',
      [intent(), accepted(), failed('CPS.0199')],
      T0,
      { kind: 'done', outcome: 'failed', reason: 'job_failed', code: 'CPS.0199' },
    ],
    [
      'waits for the state of a phone that was refused for it',
      [intent(), refused(1, 'CPS.0141', T0 + MINUTE)],
      T0 + MINUTE,
      { kind: 'await_state', until: T0 + MINUTE + terms.wait_for_phones },
    ],
    [
      'retries a minute after such a refusal once the phone was seen running',
      [intent(), refused(1, 'CPS.0141'), { type: 'ready', at: T0 + 1, phone_id: 'p1' }],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + MINUTE },
    ],
    [
      'waits for the state of a phone that was only seen running before the refusal',
      [{ type: 'ready', at: T0, phone_id: 'p1' }, intent(), refused(1, 'CPS.0165', T0 + 1)],
      T0 + 1,
      { kind: 'await_state' },
    ],
    [
      'retries after a minute when the server was not ready',
      [intent(), refused(1, 'CPS.0099')],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + MINUTE },
    ],
    [
      'fails with the last failure when all attempts are used up',
      [intent(), accepted(), failed('CPS.0054'), intent(2), accepted(2), failed('CPS.0042', 2)],
      T0,
      { kind: 'done', outcome: 'failed', code: 'CPS.0042' },
    ],
    [
      'watches the key of a lost response',
      [intent(), outcomeUnknown()],
      T0,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'watches the key of a window that was never closed',
      [intent()],
      T0 + MINUTE,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'submits an unsent attempt again under the same number',
      [intent(), { type: 'unsent', at: T0, window: 'w1', attempts: [own()] }],
      T0,
      { kind: 'submit', attempt: 1 },
    ],
    [
      'does not count lost responses as attempts',
      [...responseLost(1), ...responseLost(2)],
      T0,
      { kind: 'submit', attempt: 3 },
    ],
    [
      'fails the phone after three lost responses',
      [...responseLost(1), ...responseLost(2), ...responseLost(3)],
      T0,
      { kind: 'done', outcome: 'failed', reason: 'response_lost' },
    ],
    [
      'polls a job once more after its timeout',
      [intent(), accepted()],
      T0 + terms.export_timeout,
      { kind: 'poll', overdue: 'export_timeout' },
    ],
    [
      'polls an overdue job once more, however late',
      [intent(), accepted()],
      T0 + terms.export_timeout + 20 * 60 * MINUTE,
      { kind: 'poll', overdue: 'export_timeout' },
    ],
    [
      'verifies a succeeded job, however late',
      [intent(), accepted(), succeeded()],
      T0 + 20 * 60 * MINUTE,
      { kind: 'verify' },
    ],
    [
      'looks up the key of a lost response once more, however late',
      [intent(), outcomeUnknown()],
      T0 + 20 * 60 * MINUTE,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'times out a phone that was never sent by the deadline',
      [],
      T0 + terms.deadline,
      { kind: 'done', outcome: 'timed_out', reason: 'deadline' },
    ],
    [
      'verifies a job that succeeded just before the deadline',
      [intent(), accepted(), succeeded()],
      T0 + terms.deadline + MINUTE,
      { kind: 'verify' },
    ],
  ])('%s', (_, events, now, expected) => {
    expect(nextStep(phoneWith(events), runFacts(), now)).toMatchObject(expected);
  });

  it('gives up only after lookups have failed for half an hour past the timeout', () => {
    const outage = (at: number) => runFacts({ outageSince: { jobs: at, archives: at } });
    const over = T0 + terms.deadline;
    const job = phoneWith([intent(), accepted()]);
    expect(nextStep(job, outage(over), over + 29 * MINUTE).kind).toBe('poll');
    expect(nextStep(job, outage(over), over + 30 * MINUTE)).toMatchObject({ outcome: 'timed_out' });
    const archive = phoneWith([intent(), accepted(), succeeded()]);
    expect(nextStep(archive, outage(over), over + 30 * MINUTE)).toMatchObject({
      outcome: 'failed',
      reason: 'not_verified',
    });
  });

  it('does not count busy refusals after a lost response as attempts', () => {
    const events: RunEvent[] = [
      ...responseLost(1),
      intent(2),
      refused(2, 'CPS.0042'),
      intent(3),
      refused(3, 'CPS.0042', T0 + MINUTE),
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0)).toMatchObject({
      kind: 'submit',
      attempt: 4,
      notBefore: T0 + 3 * MINUTE,
    });
  });

  it('waits for a phone in a transient state until it is ready', () => {
    const waiting = { status: 'restarting', waiting: true };
    expect(nextStep(phoneWith([], waiting), runFacts(), T0).kind).toBe('await_state');
    const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p1' };
    expect(nextStep(phoneWith([ready], waiting), runFacts(), T0).kind).toBe('submit');
  });

  it('cancels phones that were not sent and polls running jobs', () => {
    const facts = runFacts({ cancelledAt: T0 });
    expect(nextStep(phoneWith([]), facts, T0)).toMatchObject({
      kind: 'done',
      outcome: 'cancelled',
    });
    expect(nextStep(phoneWith([intent(), accepted()]), facts, T0).kind).toBe('poll');
  });

  it('prefers a verified archive to every later outcome', () => {
    const events: RunEvent[] = [
      { type: 'outcome', at: T0, phone_id: 'p1', outcome: 'timed_out', reason: 'deadline' },
      verified(1, T0 + 1),
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0)).toMatchObject({ outcome: 'exported' });
  });

  it('keeps the outcome that the plan decided', () => {
    const verdict = { outcome: 'skipped', reason: 'frozen' } as const;
    expect(nextStep(phoneWith([], { verdict }), runFacts(), T0)).toEqual({
      kind: 'done',
      ...verdict,
    });
  });
});

describe('nextStep, at the edges', () => {
  const deleted: RunEvent = { type: 'superseded_deleted', at: T0 + 1, key: 'k', ...own() };

  it('counts a deleted superseded archive as a failed attempt', () => {
    expect(nextStep(phoneWith([intent(), verified(), deleted]), runFacts(), T0)).toMatchObject({
      kind: 'submit',
      attempt: 2,
    });
    const twice = [intent(), verified(), deleted, intent(2), accepted(2), failed('CPS.0054', 2)];
    expect(nextStep(phoneWith(twice), runFacts(), T0)).toMatchObject({
      kind: 'done',
      reason: 'job_failed',
    });
    const last = [
      intent(2),
      accepted(2),
      failed('CPS.0054', 2),
      ...[intent(), verified(), deleted],
    ];
    expect(nextStep(phoneWith(last), runFacts(), T0)).toMatchObject({ code: 'CPS.0054' });
  });

  it('watches the key of a lost job, and counts a lost response after a long outage', () => {
    const jobLost: RunEvent = { type: 'ended', at: T0, ...own(), result: 'lost' };
    const phone = phoneWith([intent(), accepted(), jobLost]);
    expect(nextStep(phone, runFacts(), T0)).toMatchObject({
      kind: 'watch',
      until: T0 + 5 * MINUTE,
    });
    const outage = runFacts({ outageSince: { jobs: undefined, archives: T0 } });
    expect(nextStep(phone, outage, T0 + 35 * MINUTE - 1).kind).toBe('watch');
    expect(nextStep(phone, outage, T0 + 35 * MINUTE)).toMatchObject({ kind: 'submit', attempt: 2 });
    const jobsOnly = runFacts({ outageSince: { jobs: T0, archives: undefined } });
    expect(nextStep(phone, jobsOnly, T0 + 35 * MINUTE).kind).toBe('watch');
  });

  it('watches a key no longer than the deadline', () => {
    const late = T0 + terms.deadline - MINUTE;
    const phone = phoneWith([
      intent(1, 'w1', late),
      { type: 'outcome_unknown', at: late, ...own() },
    ]);
    expect(nextStep(phone, runFacts(), late)).toMatchObject({ until: T0 + terms.deadline });
  });

  it('prefers the export timeout to the deadline as the reason', () => {
    const early = T0 + terms.deadline - terms.export_timeout;
    const phone = phoneWith([intent(1, 'w1', early), accepted(1, early)]);
    const end = T0 + terms.deadline;
    expect(nextStep(phone, runFacts(), end - 1)).not.toHaveProperty('overdue');
    expect(nextStep(phone, runFacts(), end)).toMatchObject({ overdue: 'export_timeout' });
    const later = phoneWith([intent(1, 'w1', early + 1), accepted(1, early + 1)]);
    expect(nextStep(later, runFacts(), end)).toMatchObject({ overdue: 'deadline' });
    expect(nextStep(later, runFacts(), end - 1)).not.toHaveProperty('overdue');
  });

  it('gives up a job half an hour after its own timeout although the deadline is later', () => {
    const phone = phoneWith([intent(), accepted()]);
    const outage = runFacts({ outageSince: { jobs: T0, archives: undefined } });
    const over = T0 + terms.export_timeout + 30 * MINUTE;
    expect(nextStep(phone, outage, over - 1).kind).toBe('poll');
    expect(nextStep(phone, outage, over)).toEqual({
      kind: 'done',
      outcome: 'timed_out',
      reason: 'export_timeout',
    });
  });

  it('doubles the pause after each temporary failure', () => {
    const facts = runFacts({ terms: { ...terms, attempts: 5 } });
    const twice = [intent(), accepted(), failed('CPS.0054')];
    twice.push(intent(2), accepted(2), failed('CPS.0042', 2, T0 + 2 * MINUTE));
    expect(nextStep(phoneWith(twice), facts, T0)).toMatchObject({
      attempt: 3,
      notBefore: T0 + 2 * MINUTE + 30_000,
    });
  });

  it.each(['CPS.0001', 'CPS.0046', 'CPS.9999'])('does not retry after %s', (code) => {
    const phone = phoneWith([intent(), refused(1, code)]);
    expect(nextStep(phone, runFacts(), T0)).toEqual({
      kind: 'done',
      outcome: 'failed',
      reason: 'refused',
      code,
    });
  });

  it('ends a phone whose calls were postponed until the deadline with the last code', () => {
    const end = T0 + terms.deadline;
    const call = { type: 'postponed', window: 'w1', until: T0 } as const;
    const timedOut = (code: string) => ({
      ...{ kind: 'done', outcome: 'timed_out', reason: 'deadline', code },
    });
    const events: RunEvent[] = [
      { ...call, attempts: [own()], at: T0, code: 'HTTP.408' },
      { ...call, attempts: [own()], at: T0 + 1, code: 'CPS.0042' },
    ];
    expect(nextStep(phoneWith(events), runFacts(), end - 1)).toMatchObject({ attempt: 1 });
    expect(nextStep(phoneWith(events), runFacts(), end)).toEqual(timedOut('CPS.0042'));
    const later = { postponed: { at: T0 + 2, code: 'CPS.0346' } };
    expect(nextStep(phoneWith(events), runFacts(later), end)).toEqual(timedOut('CPS.0346'));
    expect(nextStep(phoneWith([]), runFacts(later), end)).toEqual(timedOut('CPS.0346'));
  });

  it('does not count refusals by a busy system', () => {
    const once = runFacts({ terms: { ...terms, attempts: 1 } });
    const phone = phoneWith([intent(), refused(1, 'CPS.0042')]);
    expect(nextStep(phone, once, T0)).toMatchObject({ attempt: 2, notBefore: T0 + MINUTE });
  });

  it('does not count temporary refusals after a lost response, but counts others', () => {
    const after = (code: string) => [...responseLost(1), intent(2), refused(2, code)];
    const once = runFacts({ terms: { ...terms, attempts: 1 } });
    for (const code of ['CPS.0042', 'CPS.0099']) {
      expect(nextStep(phoneWith(after(code)), once, T0).kind).toBe('submit');
    }
    expect(nextStep(phoneWith(after('CPS.9999')), once, T0).kind).toBe('done');
    const jobFailed = [...responseLost(1), intent(2), accepted(2), failed('CPS.0042', 2)];
    expect(nextStep(phoneWith(jobFailed), once, T0).kind).toBe('done');
    const before = [intent(), refused(1, 'CPS.0107'), ...responseLost(2)];
    expect(nextStep(phoneWith(before), once, T0).kind).toBe('done');
  });

  it('retries a busy phone at most twenty times, at most ten minutes apart', () => {
    const busy = (count: number): RunEvent[] => [
      ...responseLost(1),
      ...Array.from({ length: count }, (_, n): RunEvent[] => [
        intent(n + 2, `w${n + 2}`),
        refused(n + 2, 'CPS.0042', T0 + MINUTE),
      ]).flat(),
    ];
    const once = runFacts({ terms: { ...terms, attempts: 1 } });
    expect(nextStep(phoneWith(busy(20)), once, T0)).toMatchObject({
      kind: 'submit',
      notBefore: T0 + MINUTE + 10 * MINUTE,
    });
    expect(nextStep(phoneWith(busy(21)), once, T0)).toMatchObject({
      kind: 'done',
      code: 'CPS.0042',
    });
  });

  it('reports the last failure of a phone that was cancelled or timed out', () => {
    const phone = phoneWith([intent(), accepted(), failed('CPS.0054')]);
    expect(nextStep(phone, runFacts({ cancelledAt: T0 }), T0)).toEqual({
      kind: 'done',
      outcome: 'cancelled',
      reason: 'cancelled',
      code: 'CPS.0054',
    });
    expect(nextStep(phone, runFacts(), T0 + terms.deadline)).toMatchObject({
      outcome: 'timed_out',
      code: 'CPS.0054',
    });
  });

  it('keeps the outcome that was recorded', () => {
    const outcome = { outcome: 'failed', reason: 'refused', code: 'CPS.0008' } as const;
    const phone = phoneWith([{ type: 'outcome', at: T0, phone_id: 'p1', ...outcome }]);
    expect(nextStep(phone, runFacts(), T0)).toEqual({ kind: 'done', ...outcome });
  });

  it('submits a phone that was refused in the same millisecond as it was found running', () => {
    const events: RunEvent[] = [
      { type: 'ready', at: T0, phone_id: 'p1' },
      intent(),
      refused(1, 'CPS.0165'),
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0).kind).toBe('submit');
  });
});
