import { describe, expect, it } from 'vitest';
import { missingSince, neverMissing, startState } from '../../../lib/ledger/run/run-state.ts';
import { plannedPhone } from '../../support/runs.ts';

describe('an outage', () => {
  it('lasts from the first time after something was last seen', () => {
    expect(missingSince(neverMissing())).toBeUndefined();
    expect(missingSince({ missingAt: [5, 9], presentAt: 0 })).toBe(5);
    expect(missingSince({ missingAt: [5, 9], presentAt: 7 })).toBe(9);
  });

  it('is over when something was seen at the last time or later', () => {
    expect(missingSince({ missingAt: [5, 9], presentAt: 9 })).toBeUndefined();
  });
});

describe('the state of a run without events', () => {
  it('knows each planned phone once, without an attempt', () => {
    const { phones } = startState([plannedPhone('a'), plannedPhone('b')]);
    expect([...phones.keys()]).toEqual(['a', 'b']);
    expect([...phones.values()].every(({ attempts }) => attempts.size === 0)).toBe(true);
  });

  it('shares nothing with the state of another run', () => {
    const [one, other] = [startState([]), startState([])];
    one.outages.jobs.missingAt.push(1);
    expect(other.outages.jobs.missingAt).toEqual([]);
    expect(one.outages.archives.missingAt).toEqual([]);
  });
});
