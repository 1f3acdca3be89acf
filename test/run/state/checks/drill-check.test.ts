import { expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { drillCheck } from '../../../../lib/run/state/checks/drill-check.ts';
import { refused } from '../../../support/attempt-events.ts';
import { MINUTE, phoneWith, T0 } from '../../../support/runs.ts';

const CHECK = { command: 'getprop sys.boot_completed', answer: '1' };

const sent = (attempt: number): RunEvent => ({
  ...{ type: 'intent', at: T0, window: `w${attempt}` },
  attempts: [{ phone_id: 'p1', attempt, call: 'command', command: 'check' }],
});
function ran(attempt: number, output: string, result: 'succeeded' | 'failed' = 'succeeded') {
  const own = { at: T0 + attempt, phone_id: 'p1', attempt };
  const events: RunEvent[] = [
    sent(attempt),
    { type: 'accepted', ...own, job_id: `j${attempt}`, request_id: 'r' },
    { type: 'ended', ...own, result, output, ...(result === 'failed' ? { code: 'CPS.0191' } : {}) },
  ];
  return events;
}
const checked = (events: RunEvent[], check: Parameters<typeof drillCheck>[1] = CHECK) =>
  drillCheck([...phoneWith(events).attempts.values()], check, T0 + MINUTE);

it('passes once the command succeeds with the wanted answer', () => {
  expect(checked([])).toEqual({ kind: 'step', step: { kind: 'submit', notBefore: 0 } });
  expect(checked(ran(1, '1\n'))).toEqual({ kind: 'passed' });
  expect(checked([...ran(1, '\n'), ...ran(2, '1\n')])).toEqual({ kind: 'passed' });
  expect(checked(ran(1, ''), { command: 'ls /data/data/com.a' })).toEqual({ kind: 'passed' });
});

it('is tried again half a minute after a failure or another answer, five times', () => {
  const wrong = [...ran(1, '0\n'), ...ran(2, 'not found', 'failed')];
  expect(checked(wrong)).toEqual({
    ...{ kind: 'step', step: { kind: 'submit', notBefore: T0 + 2 + 30_000 } },
  });
  const all = [...wrong, ...ran(3, ''), ...ran(4, ''), ...ran(5, '', 'failed')];
  expect(checked(all)).toEqual({ kind: 'failed', code: 'CPS.0191' });
});

it('fails where the command cannot be run', () => {
  const events = [sent(1), refused(1, 'APIGW.0302')];
  expect(checked(events)).toEqual({ kind: 'failed', code: 'APIGW.0302' });
});
