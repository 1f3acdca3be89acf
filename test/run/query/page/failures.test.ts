import { describe, expect, it } from 'vitest';
import { failuresOf } from '../../../../lib/run/query/page/failures.ts';
import type { RunPhone } from '../../../../lib/run/query/schemas/run.ts';

const phones = (count: number, changes: Partial<RunPhone>): RunPhone[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ phone_id: `${changes.state}-${n}`, phone_name: `game-${n}`, server_id: 's' },
    ...{ state: 'exported', attempts: 1 },
    ...changes,
  }));

describe('failuresOf', () => {
  it('groups phones by how and why they ended, failures before skips, most first', () => {
    const groups = failuresOf([
      ...phones(3, {}),
      ...phones(9, { state: 'skipped', reason: 'stopped' }),
      ...phones(1, { state: 'failed', reason: 'job_failed', code: 'CPS.0107' }),
      ...phones(12, { state: 'failed', reason: 'job_failed', code: 'CPS.0005' }),
    ]);
    expect(groups.map(({ outcome, code, count }) => [outcome, code, count])).toEqual([
      ['failed', 'CPS.0005', 12],
      ['failed', 'CPS.0107', 1],
      ['skipped', undefined, 9],
    ]);
    expect(groups[0]?.phones).toHaveLength(10);
    expect(groups[0]?.phones[0]).toEqual({ phone_id: 'failed-0', phone_name: 'game-0' });
  });

  it.each(['waiting', 'outcome_unknown', 'thawing', 'restarting'] as const)(
    'leaves out a phone that has not ended: %s',
    (state) => {
      expect(failuresOf(phones(1, { state }))).toEqual([]);
    },
  );

  it('shows at most 20 causes', () => {
    const all = Array.from({ length: 30 }, (_, n) =>
      phones(n + 1, { state: 'failed', code: `C${n}` }),
    );
    const groups = failuresOf(all.flat());
    expect(groups).toHaveLength(20);
    expect(groups[0]).toMatchObject({ code: 'C29', count: 30 });
  });
});
