import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { chooseSample } from '../../../lib/run/archive/choose-sample.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

/** A run whose phones are exported, but for the last one. */
function exported(runId: string, phones: number, read?: number) {
  const ids = Array.from({ length: phones }, (_, n) => `p${n}`);
  const terms = read === undefined ? {} : { read };
  const run = openRun(
    runId,
    [...ids, 'stopped'].map((id) => plannedPhone(id)),
    { terms },
  );
  const own = { attempt: 1, at: T0, size: 9, etag: 'e' };
  fold(run.state, [
    ...ids.map((phone_id) => ({ type: 'verified' as const, phone_id, ...own })),
    { type: 'outcome', at: T0, phone_id: 'stopped', outcome: 'skipped', reason: 'stopped' },
  ]);
  return run;
}

const idsOf = (...args: Parameters<typeof exported>) =>
  chooseSample(exported(...args), T0).map(({ phoneId }) => phoneId);

describe('chooseSample', () => {
  it.each([
    [40, 5, 2],
    [41, 5, 3],
    [1, 1, 1],
    [7, 100, 7],
    [0, 50, 0],
  ])('takes of %i archives %i percent, at least one: %i', (phones, read, count) => {
    expect(idsOf('nightly-20260102t023000z', phones, read)).toHaveLength(count);
  });

  it('takes none without a share', () => {
    expect(idsOf('nightly-20260102t023000z', 9)).toEqual([]);
  });

  it('makes the same choice each time, and another one for another run', () => {
    const ids = idsOf('nightly-20260102t023000z', 100, 10);
    expect(idsOf('nightly-20260102t023000z', 100, 10)).toEqual(ids);
    expect(idsOf('nightly-20260103t023000z', 100, 10)).not.toEqual(ids);
  });

  it('takes each phone sooner or later', () => {
    const seen = new Set<string>();
    for (let night = 0; night < 100; night += 1) {
      for (const id of idsOf(`nightly-${night}`, 20, 10)) seen.add(id);
    }
    expect(seen.size).toBe(20);
  });
});
