import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../lib/ledger/events.ts';
import { decide } from '../../lib/run/decide.ts';
import { MINUTE, phoneWith, runFacts, T0, terms } from '../support/runs.ts';

const own = (number = 1) => ({ phone_id: 'p1', try: number });
const intent = (number = 1, window = 'w1', at = T0): RunEvent => ({
  type: 'intent',
  at,
  window,
  tries: [own(number)],
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
  { type: 'worthless', at: T0 + MINUTE, ...own(number), reason: 'answer_lost' },
];

describe('decide', () => {
  it('sends a running phone at once, under try 1', () => {
    expect(decide(phoneWith([]), runFacts(), T0)).toEqual({
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
        { type: 'worthless', at: T0, ...own(), reason: 'archive_missing' },
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
      [intent(), { type: 'doubtful', at: T0, ...own() }],
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
      [intent(), { type: 'unsent', at: T0, window: 'w1', tries: [own()] }],
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
    expect(decide(phoneWith(events), runFacts(), now)).toMatchObject(expected);
  });

  it('gives up what cannot be looked at for half an hour beyond its time', () => {
    const blind = (at: number) => runFacts({ blindSince: { jobs: at, archives: at } });
    const over = T0 + terms.deadline;
    const job = phoneWith([intent(), accepted()]);
    expect(decide(job, blind(over), over + 29 * MINUTE).kind).toBe('follow');
    expect(decide(job, blind(over), over + 30 * MINUTE)).toMatchObject({ outcome: 'timed_out' });
    const archive = phoneWith([intent(), accepted(), succeeded()]);
    expect(decide(archive, blind(over), over + 30 * MINUTE)).toMatchObject({
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
    expect(decide(phoneWith(events), runFacts(), T0)).toMatchObject({
      kind: 'submit',
      attempt: 4,
      notBefore: T0 + 3 * MINUTE,
    });
  });

  it('waits for a phone in a passing state until it is ready', () => {
    const waiting = { status: 4, waiting: true };
    expect(decide(phoneWith([], waiting), runFacts(), T0).kind).toBe('await_state');
    const ready: RunEvent = { type: 'ready', at: T0, phone_id: 'p1' };
    expect(decide(phoneWith([ready], waiting), runFacts(), T0).kind).toBe('submit');
  });

  it('cancels what was not sent and follows what was', () => {
    const facts = runFacts({ cancelledAt: T0 });
    expect(decide(phoneWith([]), facts, T0)).toMatchObject({ kind: 'done', outcome: 'cancelled' });
    expect(decide(phoneWith([intent(), accepted()]), facts, T0).kind).toBe('follow');
  });

  it('keeps a verified archive against every later verdict', () => {
    const events: RunEvent[] = [
      { type: 'outcome', at: T0, phone_id: 'p1', outcome: 'timed_out', reason: 'deadline' },
      { type: 'verified', at: T0 + 1, ...own(), size: 9000, etag: 'e' },
    ];
    expect(decide(phoneWith(events), runFacts(), T0)).toMatchObject({ outcome: 'exported' });
  });

  it('keeps the verdict of the plan', () => {
    const verdict = { outcome: 'skipped', reason: 'frozen' } as const;
    expect(decide(phoneWith([], { verdict }), runFacts(), T0)).toEqual({
      kind: 'done',
      ...verdict,
    });
  });
});
