import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { commandStep } from '../../../../lib/run/state/checks/command-step.ts';
import { outcomeUnknown, refused } from '../../../support/attempt-events.ts';
import { MINUTE, phoneWith, T0 } from '../../../support/runs.ts';

const intent = (attempt: number): RunEvent => ({
  ...{ type: 'intent', at: T0, window: `w${attempt}` },
  attempts: [{ phone_id: 'p1', attempt, call: 'command', command: 'mark' }],
});
const accepted: RunEvent = {
  ...{ type: 'accepted', at: T0, phone_id: 'p1', attempt: 1, job_id: 'j', request_id: 'r' },
};
const ended = (result: 'succeeded' | 'failed' | 'lost'): RunEvent => ({
  ...{ type: 'ended', at: T0, phone_id: 'p1', attempt: 1, result },
});

function stepOf(events: RunEvent[], now = T0 + MINUTE) {
  return commandStep('mark', [...phoneWith(events).attempts.values()], now);
}

describe('commandStep', () => {
  it('sends a command, and follows its job for five minutes', () => {
    expect(stepOf([])).toEqual({ kind: 'submit', notBefore: 0 });
    expect(stepOf([intent(1), accepted])).toMatchObject({ kind: 'poll' });
    expect(stepOf([intent(1), accepted], T0 + 5 * MINUTE)).toBeUndefined();
  });

  it.each(['succeeded', 'failed'] as const)('is over when its job has %s', (result) => {
    expect(stepOf([intent(1), accepted, ended(result)])).toBeUndefined();
  });

  it('is sent again once after a lost response or a refusal that may pass', () => {
    const lost = [intent(1), outcomeUnknown(1, T0)];
    expect(stepOf(lost)).toEqual({ kind: 'submit', notBefore: T0 + 15_000 });
    expect(stepOf([...lost, intent(2), outcomeUnknown(2, T0)])).toBeUndefined();
    expect(stepOf([intent(1), accepted, ended('lost')])).toMatchObject({ kind: 'submit' });
    expect(stepOf([intent(1), refused(1, 'CPS.0042', T0)])).toMatchObject({ kind: 'submit' });
  });

  it('is given up when it is refused for good', () => {
    expect(stepOf([intent(1), refused(1, 'APIGW.0302', T0)])).toBeUndefined();
  });
});
