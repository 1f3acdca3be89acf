import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { nextStep, isBusy, mayStillArrive, statusOf } from '../../../lib/run/state/next-step.ts';
import { MINUTE, phoneWith, runFacts, T0, terms } from '../../support/runs.ts';

const own = (number = 1) => ({ phone_id: 'p1', attempt: number });
const intent = (number = 1, window = 'w1', at = T0): RunEvent => ({
  type: 'intent',
  at,
  window,
  attempts: [own(number)],
});
const accepted = (number = 1, at = T0): RunEvent => ({
  type: 'accepted',
  at,
  ...own(number),
  job_id: `j${number}`,
  request_id: `r${number}`,
});
const failed = (code: string | undefined, number = 1, at = T0 + MINUTE): RunEvent => ({
  type: 'ended',
  at,
  ...own(number),
  result: 'failed',
  ...(code === undefined ? {} : { code }),
});
const succeeded = (number = 1): RunEvent => ({
  type: 'ended',
  at: T0 + MINUTE,
  ...own(number),
  result: 'succeeded',
});
const lost = (number: number): RunEvent[] => [
  intent(number, `w${number}`),
  { type: 'archive_rejected', at: T0 + MINUTE, ...own(number), reason: 'answer_lost' },
];

describe('decide', () => {
  it('sends a running phone at once, under try 1', () => {
    expect(nextStep(phoneWith([]), runFacts(), T0)).toEqual({
      kind: 'submit',
      attempt: 1,
      notBefore: 0,
    });
  });

  it.each<[string, RunEvent[], number, object]>([
    ['accepted: follow', [intent(), accepted()], T0, { kind: 'follow' }],
    [
      'job ended well: verify',
      [intent(), accepted(), succeeded()],
      T0,
      { kind: 'verify', notBefore: T0 },
    ],
    [
      'absent: a second look two minutes later',
      [intent(), accepted(), succeeded(), { type: 'absent', at: T0 + MINUTE, ...own() }],
      T0 + MINUTE,
      { kind: 'verify', notBefore: T0 + 3 * MINUTE },
    ],
    [
      'verified: exported',
      [
        intent(),
        accepted(),
        succeeded(),
        { type: 'verified', at: T0, ...own(), size: 9000, etag: 'e' },
      ],
      T0,
      { kind: 'done', outcome: 'exported' },
    ],
    [
      'missing for good: tried again under a new key',
      [
        intent(),
        accepted(),
        succeeded(),
        { type: 'archive_rejected', at: T0, ...own(), reason: 'archive_missing' },
      ],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + 15_000 },
    ],
    [
      'job failed: tried again',
      [intent(), accepted(), failed('CPS.0054')],
      T0,
      { kind: 'submit', attempt: 2 },
    ],
    [
      'job failed without a code: tried again',
      [intent(), accepted(), failed(undefined)],
      T0,
      { kind: 'submit', attempt: 2 },
    ],
    [
      'an unknown code fails the phone without another try',
      [intent(), accepted(), failed('CPS.9999')],
      T0,
      { kind: 'done', outcome: 'failed', reason: 'job_failed', code: 'CPS.9999' },
    ],
    [
      'refused for its state: looked at, as long as phones are waited for',
      [intent(), { type: 'refused', at: T0 + MINUTE, ...own(), code: 'CPS.0141' }],
      T0 + MINUTE,
      { kind: 'await_state', until: T0 + MINUTE + terms.wait_for_phones },
    ],
    [
      'seen running after that: given a minute from the refusal on',
      [
        intent(),
        { type: 'refused', at: T0, ...own(), code: 'CPS.0141' },
        { type: 'ready', at: T0 + 1, phone_id: 'p1' },
      ],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + MINUTE },
    ],
    [
      'seen running before that only: looked at again',
      [
        { type: 'ready', at: T0, phone_id: 'p1' },
        intent(),
        { type: 'refused', at: T0 + 1, ...own(), code: 'CPS.0165' },
      ],
      T0 + 1,
      { kind: 'await_state' },
    ],
    [
      'a server that may get ready is given a minute',
      [intent(), { type: 'refused', at: T0, ...own(), code: 'CPS.0099' }],
      T0,
      { kind: 'submit', attempt: 2, notBefore: T0 + MINUTE },
    ],
    [
      'all tries used up: the last failure is the reason',
      [
        intent(),
        accepted(),
        failed('CPS.0054'),
        intent(2, 'w2'),
        accepted(2),
        failed('CPS.0042', 2),
      ],
      T0,
      { kind: 'done', outcome: 'failed', code: 'CPS.0042' },
    ],
    [
      'lost answer: watch the key',
      [intent(), { type: 'outcome_unknown', at: T0, ...own() }],
      T0,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'a window never closed: watch the key',
      [intent()],
      T0 + MINUTE,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'a window closed as unsent: the same try is free again',
      [intent(), { type: 'unsent', at: T0, window: 'w1', attempts: [own()] }],
      T0,
      { kind: 'submit', attempt: 1 },
    ],
    [
      'lost answers do not count as attempts',
      [...lost(1), ...lost(2)],
      T0,
      { kind: 'submit', attempt: 3 },
    ],
    [
      'three lost answers are enough',
      [...lost(1), ...lost(2), ...lost(3)],
      T0,
      { kind: 'done', outcome: 'failed', reason: 'answers_lost' },
    ],
    [
      'a job whose time is up is looked at once more',
      [intent(), accepted()],
      T0 + terms.export_timeout,
      { kind: 'follow', overdue: 'export_timeout' },
    ],
    [
      'however late it is',
      [intent(), accepted()],
      T0 + terms.export_timeout + 20 * 60 * MINUTE,
      { kind: 'follow', overdue: 'export_timeout' },
    ],
    [
      'a job that ended well is verified, however late it is',
      [intent(), accepted(), succeeded()],
      T0 + 20 * 60 * MINUTE,
      { kind: 'verify' },
    ],
    [
      'the key of a lost response is looked up once more, however late it is',
      [intent(), { type: 'outcome_unknown', at: T0, ...own() }],
      T0 + 20 * 60 * MINUTE,
      { kind: 'watch', until: T0 + 5 * MINUTE },
    ],
    [
      'the deadline ends what was never sent',
      [],
      T0 + terms.deadline,
      { kind: 'done', outcome: 'timed_out', reason: 'deadline' },
    ],
    [
      'a job that ended well just before the deadline is still verified',
      [intent(), accepted(), succeeded()],
      T0 + terms.deadline + MINUTE,
      { kind: 'verify' },
    ],
  ])('%s', (_, events, now, expected) => {
    expect(nextStep(phoneWith(events), runFacts(), now)).toMatchObject(expected);
  });

  it('gives up what cannot be looked at for half an hour beyond its time', () => {
    const blind = (at: number) => runFacts({ outageSince: { jobs: at, archives: at } });
    const over = T0 + terms.deadline;
    const job = phoneWith([intent(), accepted()]);
    expect(nextStep(job, blind(over), over + 29 * MINUTE).kind).toBe('follow');
    expect(nextStep(job, blind(over), over + 30 * MINUTE)).toMatchObject({ outcome: 'timed_out' });
    const archive = phoneWith([intent(), accepted(), succeeded()]);
    expect(nextStep(archive, blind(over), over + 30 * MINUTE)).toMatchObject({
      outcome: 'failed',
      reason: 'not_verified',
    });
  });

  it('loses no attempt to a phone that is busy after a lost answer', () => {
    const events: RunEvent[] = [
      ...lost(1),
      intent(2, 'w2'),
      { type: 'refused', at: T0, ...own(2), code: 'CPS.0042' },
      intent(3, 'w3'),
      { type: 'refused', at: T0 + MINUTE, ...own(3), code: 'CPS.0042' },
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0)).toMatchObject({
      kind: 'submit',
      attempt: 4,
      notBefore: T0 + 3 * MINUTE,
    });
  });

  it('waits for a phone in a passing state until it is ready', () => {
    const waiting = { status: 'restarting', waiting: true };
    expect(nextStep(phoneWith([], waiting), runFacts(), T0).kind).toBe('await_state');
    const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p1' };
    expect(nextStep(phoneWith([ready], waiting), runFacts(), T0).kind).toBe('submit');
  });

  it('cancels what was not sent and follows what was', () => {
    const facts = runFacts({ cancelledAt: T0 });
    expect(nextStep(phoneWith([]), facts, T0)).toMatchObject({
      kind: 'done',
      outcome: 'cancelled',
    });
    expect(nextStep(phoneWith([intent(), accepted()]), facts, T0).kind).toBe('follow');
  });

  it('keeps a verified archive against every later verdict', () => {
    const events: RunEvent[] = [
      { type: 'outcome', at: T0, phone_id: 'p1', outcome: 'timed_out', reason: 'deadline' },
      { type: 'verified', at: T0 + 1, ...own(), size: 9000, etag: 'e' },
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0)).toMatchObject({ outcome: 'exported' });
  });

  it('keeps the verdict of the plan', () => {
    const verdict = { outcome: 'skipped', reason: 'frozen' } as const;
    expect(nextStep(phoneWith([], { verdict }), runFacts(), T0)).toEqual({
      kind: 'done',
      ...verdict,
    });
  });
});

describe('decide, at the edges', () => {
  const refused = (number: number, code: string, at = T0): RunEvent => ({
    type: 'refused',
    at,
    ...own(number),
    code,
  });
  const verified: RunEvent = { type: 'verified', at: T0, ...own(), size: 9_000, etag: 'e' };
  const deleted: RunEvent = { type: 'superseded_deleted', at: T0 + 1, key: 'k', ...own() };

  it('counts an archive that was swept as a try that failed', () => {
    expect(nextStep(phoneWith([intent(), verified, deleted]), runFacts(), T0)).toMatchObject({
      kind: 'submit',
      attempt: 2,
    });
    const twice = [
      intent(),
      verified,
      deleted,
      intent(2, 'w2'),
      accepted(2),
      failed('CPS.0054', 2),
    ];
    expect(nextStep(phoneWith(twice), runFacts(), T0)).toMatchObject({
      kind: 'done',
      reason: 'job_failed',
    });
    const last = [
      intent(2, 'w2'),
      accepted(2),
      failed('CPS.0054', 2),
      ...[intent(), verified, deleted],
    ];
    expect(nextStep(phoneWith(last), runFacts(), T0)).toMatchObject({ code: 'CPS.0054' });
  });

  it('watches the key of a job that was lost, and counts it as a lost answer once nobody can look', () => {
    const vanished: RunEvent = { type: 'ended', at: T0, ...own(), result: 'lost' };
    const phone = phoneWith([intent(), accepted(), vanished]);
    expect(nextStep(phone, runFacts(), T0)).toMatchObject({
      kind: 'watch',
      until: T0 + 5 * MINUTE,
    });
    const blind = runFacts({ outageSince: { jobs: undefined, archives: T0 } });
    expect(nextStep(phone, blind, T0 + 35 * MINUTE - 1).kind).toBe('watch');
    expect(nextStep(phone, blind, T0 + 35 * MINUTE)).toMatchObject({ kind: 'submit', attempt: 2 });
    const jobsOnly = runFacts({ outageSince: { jobs: T0, archives: undefined } });
    expect(nextStep(phone, jobsOnly, T0 + 35 * MINUTE).kind).toBe('watch');
  });

  it('watches no longer than the run may take', () => {
    const late = T0 + terms.deadline - MINUTE;
    const phone = phoneWith([
      intent(1, 'w1', late),
      { type: 'outcome_unknown', at: late, ...own() },
    ]);
    expect(nextStep(phone, runFacts(), late)).toMatchObject({ until: T0 + terms.deadline });
  });

  it('is overdue for the time of the export before that of the run', () => {
    const early = T0 + terms.deadline - terms.export_timeout;
    const phone = phoneWith([intent(1, 'w1', early), accepted(1, early)]);
    const end = T0 + terms.deadline;
    expect(nextStep(phone, runFacts(), end - 1)).not.toHaveProperty('overdue');
    expect(nextStep(phone, runFacts(), end)).toMatchObject({ overdue: 'export_timeout' });
    const later = phoneWith([intent(1, 'w1', early + 1), accepted(1, early + 1)]);
    expect(nextStep(later, runFacts(), end)).toMatchObject({ overdue: 'deadline' });
    expect(nextStep(later, runFacts(), end - 1)).not.toHaveProperty('overdue');
  });

  it('settles a job unseen half an hour after its own time, though the run has more', () => {
    const phone = phoneWith([intent(), accepted()]);
    const blind = runFacts({ outageSince: { jobs: T0, archives: undefined } });
    const over = T0 + terms.export_timeout + 30 * MINUTE;
    expect(nextStep(phone, blind, over - 1).kind).toBe('follow');
    expect(nextStep(phone, blind, over)).toEqual({
      kind: 'done',
      outcome: 'timed_out',
      reason: 'export_timeout',
    });
  });

  it('doubles the pause after each failure that may pass', () => {
    const facts = runFacts({ terms: { ...terms, attempts: 5 } });
    const twice = [intent(), accepted(), failed('CPS.0054')];
    twice.push(intent(2, 'w2'), accepted(2), failed('CPS.0042', 2, T0 + 2 * MINUTE));
    expect(nextStep(phoneWith(twice), facts, T0)).toMatchObject({
      attempt: 3,
      notBefore: T0 + 2 * MINUTE + 30_000,
    });
  });

  it.each(['CPS.0001', 'CPS.0046', 'CPS.9999'])('does not try again after %s', (code) => {
    const phone = phoneWith([intent(), refused(1, code)]);
    expect(nextStep(phone, runFacts(), T0)).toEqual({
      kind: 'done',
      outcome: 'failed',
      reason: 'refused',
      code,
    });
  });

  it('holds no refusal against a phone after a lost answer, but only those that may pass', () => {
    const after = (code: string) => [...lost(1), intent(2, 'w2'), refused(2, code)];
    const once = runFacts({ terms: { ...terms, attempts: 1 } });
    for (const code of ['CPS.0042', 'CPS.0099']) {
      expect(nextStep(phoneWith(after(code)), once, T0).kind).toBe('submit');
    }
    expect(nextStep(phoneWith(after('CPS.9999')), once, T0).kind).toBe('done');
    const jobFailed = [...lost(1), intent(2, 'w2'), accepted(2), failed('CPS.0042', 2)];
    expect(nextStep(phoneWith(jobFailed), once, T0).kind).toBe('done');
    const before = [intent(), refused(1, 'CPS.0042'), ...lost(2)];
    expect(nextStep(phoneWith(before), once, T0).kind).toBe('done');
  });

  it('holds off twenty times, ten minutes apart at most', () => {
    const busy = (count: number): RunEvent[] => [
      ...lost(1),
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

  it('tells the last failure of what a cancel or the deadline ends', () => {
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

  it('looks at a phone without a verdict that was refused in the very moment it was seen running', () => {
    const events: RunEvent[] = [
      { type: 'ready', at: T0, phone_id: 'p1' },
      intent(),
      refused(1, 'CPS.0165'),
    ];
    expect(nextStep(phoneWith(events), runFacts(), T0).kind).toBe('submit');
  });
});

describe('whether a job of a phone may be running', () => {
  const hour = 60 * MINUTE;
  it.each<[string, RunEvent[], number, boolean]>([
    ['nothing was sent', [], T0, false],
    ['accepted', [intent(), accepted()], T0 + 2 * hour - 1, true],
    ['accepted long ago', [intent(), accepted()], T0 + 2 * hour, false],
    ['in doubt', [intent()], T0 + hour - 1, true],
    ['in doubt for long', [intent()], T0 + hour, false],
    ['ended', [intent(), accepted(), succeeded()], T0, false],
    ['refused', [intent(), { type: 'refused', at: T0, ...own(), code: 'CPS.0042' }], T0, false],
    ['one of two', [...lost(1), intent(2, 'w2'), accepted(2)], T0, true],
  ])('%s', (_, events, now, expected) => {
    expect(isBusy(phoneWith(events), hour, now)).toBe(expected);
  });
});

describe('whether an archive may come of which no job is known', () => {
  it.each<[string, RunEvent[], boolean]>([
    ['after a lost answer', lost(1), true],
    ['in doubt', [intent(), { type: 'outcome_unknown', at: T0, ...own() }], true],
    ['CPH was busy', [intent(), { type: 'refused', at: T0, ...own(), code: 'CPS.0042' }], true],
    [
      'refused for good',
      [intent(), { type: 'refused', at: T0, ...own(), code: 'CPS.0004' }],
      false,
    ],
    ['the job failed as busy', [intent(), accepted(), failed('CPS.0042')], false],
    ['accepted', [intent(), accepted()], false],
  ])('%s', (_, events, expected) => {
    const attempt = phoneWith(events).attempts.get(1);
    expect(attempt && mayStillArrive(attempt)).toBe(expected);
  });

  it('stands as superseded once swept', () => {
    const events: RunEvent[] = [
      intent(),
      { type: 'verified', at: T0 + 5, ...own(), size: 9_000, etag: 'e' },
    ];
    const of = (all: RunEvent[]) => {
      const attempt = phoneWith(all).attempts.get(1);
      return attempt && statusOf(attempt);
    };
    expect(of(events)).toEqual({ kind: 'verified' });
    expect(of([...events, { type: 'superseded_deleted', at: T0 + 9, key: 'k', ...own() }])).toEqual(
      {
        kind: 'failed',
        at: T0 + 5,
        reason: 'superseded',
      },
    );
  });
});
