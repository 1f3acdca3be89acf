import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { isBusy, mayStillArrive, statusOf } from '../../../lib/run/state/attempt-status.ts';
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
} from '../../support/attempt-events.ts';
import { MINUTE, phoneWith, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const deleted: RunEvent = { type: 'superseded_deleted', at: T0 + 9, key: 'k', ...own() };
const jobLost: RunEvent = { type: 'ended', at: T0 + 2, ...own(), result: 'lost' };
const unsent: RunEvent = { type: 'unsent', at: T0, window: 'w1', attempts: [own()] };

function attemptWith(events: RunEvent[]) {
  const attempt = phoneWith(events).attempts.get(1);
  if (attempt === undefined) throw new Error('no attempt');
  return attempt;
}

describe('statusOf', () => {
  it.each<[string, RunEvent[], object]>([
    ['an unsent attempt', [intent(), unsent], { kind: 'unsent' }],
    ['an attempt of an open window', [intent()], { kind: 'outcome_unknown', since: T0 }],
    [
      'an attempt that is declared again',
      [intent(), unsent, intent(1, 'w2', T0 + 3)],
      { kind: 'outcome_unknown', since: T0 + 3 },
    ],
    [
      'an attempt without a verdict in the response',
      [intent(), outcomeUnknown(1, T0 + 1)],
      { kind: 'outcome_unknown', since: T0 + 1 },
    ],
    ['a running job', [intent(), accepted()], { kind: 'running', since: T0 }],
    ['a succeeded job', [intent(), accepted(), succeeded()], { kind: 'unverified' }],
    [
      'a failed job',
      [intent(), accepted(), failed('CPS.0054')],
      { kind: 'failed', at: T0 + MINUTE, code: 'CPS.0054', reason: 'job_failed' },
    ],
    ['a lost job', [intent(), accepted(), jobLost], { kind: 'outcome_unknown', since: T0 + 2 }],
    [
      'a refused attempt',
      [intent(), refused(1, 'CPS.0004')],
      { kind: 'failed', at: T0, code: 'CPS.0004', reason: 'refused' },
    ],
    ['a lost response', responseLost(1), { kind: 'response_lost', at: T0 + MINUTE }],
    [
      'a missing archive',
      [intent(), accepted(), succeeded(), rejected(1, 'archive_missing')],
      { kind: 'failed', at: T0, reason: 'archive_missing' },
    ],
    ['a verified archive', [intent(), verified()], { kind: 'verified' }],
    [
      'a deleted superseded archive',
      [intent(), verified(1, T0 + 5), deleted],
      { kind: 'failed', at: T0 + 5, reason: 'superseded' },
    ],
  ])('of %s', (_, events, expected) => {
    expect(statusOf(attemptWith(events))).toEqual(expected);
  });
});

describe('mayStillArrive', () => {
  it.each<[string, RunEvent[], boolean]>([
    ['a lost response', responseLost(1), true],
    ['an unknown outcome', [intent(), outcomeUnknown()], true],
    ['a refusal because CPH was busy', [intent(), refused(1, 'CPS.0042')], true],
    ['a final refusal', [intent(), refused(1, 'CPS.0004')], false],
    ['a job that failed because CPH was busy', [intent(), accepted(), failed('CPS.0042')], false],
    ['a running job', [intent(), accepted()], false],
  ])('after %s', (_, events, expected) => {
    expect(mayStillArrive(attemptWith(events))).toBe(expected);
  });
});

describe('isBusy', () => {
  it.each<[string, RunEvent[], number, boolean]>([
    ['without attempts', [], T0, false],
    ['with a running job', [intent(), accepted()], T0 + 2 * HOUR - 1, true],
    ['with a job twice as old as an export may be', [intent(), accepted()], T0 + 2 * HOUR, false],
    ['with an unknown outcome', [intent()], T0 + HOUR - 1, true],
    ['with an outcome unknown for an export timeout', [intent()], T0 + HOUR, false],
    ['with an ended job', [intent(), accepted(), succeeded()], T0, false],
    ['with a refused attempt', [intent(), refused(1, 'CPS.0042')], T0, false],
    ['with one running job of two', [...responseLost(1), intent(2), accepted(2)], T0, true],
  ])('of a phone %s', (_, events, now, expected) => {
    expect(isBusy(phoneWith(events), HOUR, now)).toBe(expected);
  });
});
