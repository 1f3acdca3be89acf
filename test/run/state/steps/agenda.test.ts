import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { agendaOf, isAllDone, stepsOf } from '../../../../lib/run/state/steps/agenda.ts';
import { isBusy } from '../../../../lib/run/state/attempt-status.ts';
import { phoneSteps } from '../../../../lib/run/state/steps/phone-steps.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const IDS = ['p1', 'p2', 'p3'];

const of = (phone_id: string, attempt: number) => ({ phone_id, attempt });
const KINDS: ((id: string, attempt: number, at: number) => RunEvent)[] = [
  (id, n, at) => ({ type: 'intent', at, window: `w${n}`, attempts: [of(id, n)] }),
  (id, n, at) => ({ type: 'unsent', at, window: `w${n}`, attempts: [of(id, n)] }),
  (id, n, at) => ({ type: 'accepted', at, ...of(id, n), job_id: `${id}-${n}`, request_id: 'r' }),
  (id, n, at) => ({ type: 'ended', at, ...of(id, n), result: 'succeeded', took: 9 * MINUTE }),
  (id, n, at) => ({ type: 'ended', at, ...of(id, n), result: 'failed', code: 'CPS.0107' }),
  (id, n, at) => ({ type: 'verified', at, ...of(id, n), size: 1, etag: 'e' }),
  (id, n, at) => ({ type: 'absent', at, ...of(id, n) }),
  (id, n, at) => ({ type: 'refused', at, ...of(id, n), code: 'CPS.0042' }),
  (id, n, at) => ({ type: 'refused', at, ...of(id, n), code: 'CPS.0165' }),
  (id, n, at) => ({ type: 'outcome_unknown', at, ...of(id, n) }),
  (id, n, at) => ({ type: 'archive_rejected', at, ...of(id, n), reason: 'response_lost' }),
  (id, _, at) => ({ type: 'ready', at, phone_id: id }),
  (_, __, at) => ({ type: 'outage_started', at, to: 'jobs' }),
  (_, __, at) => ({ type: 'outage_ended', at, to: 'jobs' }),
  (_, __, at) => ({ type: 'outage_started', at, to: 'archives' }),
  (_, __, at) => ({ type: 'cancel_seen', at }),
];

const change = fc.record({
  event: fc.nat(KINDS.length - 1),
  phone: fc.nat(IDS.length - 1),
  attempt: fc.integer({ min: 1, max: 3 }),
  /** Up to the deadline and back, so that times of the past are asked for as well. */
  after: fc.integer({ min: -5, max: 50 }),
});

describe('the agenda', () => {
  it('knows the steps that deciding every phone again would give, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const phones = IDS.map((id) => plannedPhone(id, { waiting: id === 'p3' }));
        const run = openRun('nightly-1', phones);
        let now = T0;
        for (const { event, phone, attempt, after } of changes) {
          const add = KINDS[event];
          if (add !== undefined) fold(run.state, [add(IDS[phone] ?? '', attempt, now)]);
          now += after * MINUTE;
          const decided = phoneSteps(run, now).filter(({ step }) => step.kind !== 'done');
          const known = [...agendaOf(run, now).steps.values()].flatMap((steps) =>
            [...steps].map(([own, step]) => ({ phone: own, step })),
          );
          known.sort((a, b) => a.phone.position - b.phone.position);
          expect(known.map(plain)).toEqual(decided.map(plain));
          expect(isAllDone(run, now)).toBe(decided.length === 0);
          const timeout = run.plan?.terms?.export_timeout ?? 0;
          const busy = [...run.state.phones.values()].filter((own) => isBusy(own, timeout, now));
          expect(new Set(agendaOf(run, now).busy.keys())).toEqual(new Set(busy));
        }
      }),
    );
  });

  it('keeps phones that were never sent by server, and others apart', () => {
    const phones = IDS.map((id, n) => plannedPhone(id, { server_id: `s${n % 2}` }));
    const run = openRun('nightly-1', phones);
    fold(run.state, [{ type: 'refused', at: T0, ...of('p1', 1), code: 'CPS.0042' }]);
    const { fresh, retries } = agendaOf(run, T0);
    const ids = [...fresh].map(([server, own]) => [server, [...own].map(idOf)]);
    expect(ids).toEqual([
      ['s1', ['p2']],
      ['s0', ['p3']],
    ]);
    expect([...retries.keys()].map(idOf)).toEqual(['p1']);
    expect(stepsOf(run, T0, 'submit')).toHaveLength(3);
  });
});

const idOf = ({ planned }: { planned: { phone_id: string } }): string => planned.phone_id;

/** A step that is due since it was decided is due at any later time. */
function plain({ phone, step }: ReturnType<typeof phoneSteps>[number]) {
  const isDue = step.kind === 'verify' && step.attempt.absent === undefined;
  return { phone: phone.planned.phone_id, ...step, ...(isDue ? { notBefore: 0 } : {}) };
}
