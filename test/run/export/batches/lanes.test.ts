import { describe, expect, it } from 'vitest';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { lanesOf } from '../../../../lib/run/export/batches/lanes.ts';
import { restoreTurns } from '../../../../lib/run/export/batches/restore-turns.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const noLoad = () => ({
  ...{
    phones: new Set<string>(),
    perServer: new Map(),
    placed: new Set<string>(),
    kept: new Map(),
  },
  turns: restoreTurns([], T0),
});
const fleet = (count: number, servers: number, prefix = 'p') =>
  Array.from({ length: count }, (_, index) =>
    plannedPhone(`${prefix}${index}`, { server_id: `s${index % servers}` }),
  );
const accept = (run: ReturnType<typeof openRun>, phone_id: string, at = T0) =>
  fold(run.state, [
    { type: 'intent', at, window: `w-${phone_id}`, attempts: [{ phone_id, attempt: 1 }] },
    { type: 'accepted', at, phone_id, attempt: 1, job_id: phone_id, request_id: 'r' },
  ]);
const first = (runs: ReturnType<typeof openRun>[], now = T0) =>
  lanesOf(runs, noLoad(), now)[0]?.run.runId;

describe('lanesOf', () => {
  it.each(['http', 'manual'] as const)(
    'puts a large run first that was requested by %s',
    (trigger) => {
      const large = openRun('a-1', fleet(60, 60));
      const requested = openRun('b-1', fleet(60, 60, 'b'), { trigger });
      expect(first([large, requested])).toBe('b-1');
    },
  );

  it('counts a run of fifty phones as small, and of fifty-one as large', () => {
    const large = openRun('a-1', fleet(51, 60));
    expect(first([large, openRun('b-1', fleet(50, 60, 'b'))])).toBe('b-1');
    expect(first([large, openRun('b-1', fleet(51, 60, 'b'))])).toBe('a-1');
  });

  it('sorts by the last call, oldest first, then by run id', () => {
    const earlier = openRun('a-1', fleet(60, 60));
    const waiting = openRun('b-1', fleet(60, 60, 'b'));
    expect(first([waiting, earlier])).toBe('a-1');
    accept(earlier, 'p0', T0 + 1);
    expect(first([waiting, earlier], T0 + 1)).toBe('b-1');
  });

  it('puts another run first once all others have waited for a minute', () => {
    const requested = openRun('m-1', fleet(60, 60, 'm'), { trigger: 'manual' });
    const large = openRun('a-1', fleet(60, 60));
    const other = openRun('b-1', fleet(60, 60, 'b'));
    expect(first([requested, large, other], T0 + MINUTE - 1)).toBe('m-1');
    expect(first([requested, large, other], T0 + MINUTE)).toBe('a-1');
    accept(large, 'p0', T0 + MINUTE);
    expect(first([requested, large, other], T0 + MINUTE + 1)).toBe('m-1');
    expect(first([requested, large, other], T0 + 2 * MINUTE)).toBe('b-1');
    const order = lanesOf([requested, large, other], noLoad(), T0 + 2 * MINUTE);
    expect(order.map(({ run }) => run.runId)).toEqual(['b-1', 'm-1', 'a-1']);
  });
});
