import { describe, expect, it } from 'vitest';
import {
  addAttempt,
  type History,
  pauseAfter,
  startHistory,
} from '../../../lib/run/state/attempt-history.ts';
import type { AttemptStatus } from '../../../lib/run/state/attempt-status.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const SECOND = 1_000;
const lost: AttemptStatus = { kind: 'response_lost', at: T0 };
const failed = (code: string, reason = 'refused', at = T0): AttemptStatus => ({
  ...{ kind: 'failed', at, code, reason },
});
const busy = (at = T0): AttemptStatus => failed('CPS.0042', 'refused', at);

function historyOf(statuses: AttemptStatus[]): History {
  const history = startHistory();
  statuses.forEach((status, n) => addAttempt(history, n + 1, status));
  return history;
}

describe('addAttempt', () => {
  it.each<[string, AttemptStatus[], Partial<History>]>([
    ['keeps the number of an unsent attempt free', [{ kind: 'unsent' }], { next: 1 }],
    ['gives the next attempt a new number', [failed('CPS.0054'), lost], { next: 3 }],
    ['counts a failure as an attempt', [failed('CPS.0054', 'job_failed')], { failed: 1 }],
    ['counts a lost response apart', [lost], { failed: 0, lostResponses: 1 }],
    [
      'counts an unknown outcome as a lost response',
      [{ kind: 'outcome_unknown', since: T0 }],
      { failed: 0, lostResponses: 1 },
    ],
    ['counts busy refusals after a lost response apart', [lost, busy()], { busyRefusals: 1 }],
    [
      'counts refusals that wait for a server after a lost response apart',
      [lost, failed('CPS.0099')],
      { failed: 0, busyRefusals: 1 },
    ],
    [
      "counts no refusal as an attempt that is about the phone's state: a reset between two attempts",
      [failed('CPS.0054', 'job_failed'), failed('CPS.0165')],
      { failed: 1, busyRefusals: 1 },
    ],
    ['counts no refusal by a busy system as an attempt', [busy()], { failed: 0, busyRefusals: 1 }],
    [
      'counts a temporary refusal before a lost response as an attempt',
      [failed('CPS.0107'), lost],
      { failed: 1 },
    ],
    ['counts a final refusal after a lost response', [lost, failed('CPS.9999')], { failed: 1 }],
    [
      'counts a failed job after a lost response',
      [lost, failed('CPS.0042', 'job_failed')],
      { failed: 1, busyRefusals: 0 },
    ],
    [
      'counts busy refusals beyond the twentieth',
      [lost, ...Array.from({ length: 21 }, () => busy())],
      { failed: 1, busyRefusals: 20 },
    ],
    [
      'remembers the last failure and the last end',
      [failed('CPS.0054', 'job_failed', T0 + 5), busy(T0 + 3)],
      { lastFailure: busy(T0 + 3) as Exclude<History['lastFailure'], undefined>, lastEnd: T0 + 5 },
    ],
  ])('%s', (_, statuses, expected) => {
    expect(historyOf(statuses)).toMatchObject(expected);
  });
});

describe('pauseAfter', () => {
  it.each<[string, AttemptStatus[], number]>([
    ['there was no failure', [], 0],
    ['a response was lost', [lost], 0],
    ['an attempt failed', [failed('CPS.0054', 'job_failed')], 15 * SECOND],
    [
      'a job failed without a code',
      [{ kind: 'failed', at: T0, reason: 'job_failed' }],
      15 * SECOND,
    ],
    ['the second attempt failed', [failed('CPS.0054'), failed('CPS.0054')], 30 * SECOND],
    ['a server was not ready', [failed('CPS.0099')], MINUTE],
    ['CPH was busy after a lost response', [lost, busy()], MINUTE],
    ['CPH was busy again after a lost response', [lost, busy(), busy()], 2 * MINUTE],
    ['CPH was busy many times', [lost, ...Array.from({ length: 9 }, () => busy())], 10 * MINUTE],
  ])('is right when %s', (_, statuses, expected) => {
    expect(pauseAfter(historyOf(statuses))).toBe(expected);
  });
});
