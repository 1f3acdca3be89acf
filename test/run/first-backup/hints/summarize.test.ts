import { describe, expect, it } from 'vitest';
import type { Lookup } from '../../../../lib/ledger/hints/lookup.ts';
import type { PendingHint } from '../../../../lib/run/first-backup/hints/pending-hints.ts';
import {
  baselineOf,
  namedPhones,
  resetsOf,
} from '../../../../lib/run/first-backup/hints/summarize.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const hint = (lookup: Partial<Lookup>, changes: Partial<PendingHint> = {}): PendingHint => ({
  id: 'trace-1',
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
  ...{ writtenAt: T0, generation: 0, ...changes },
});

describe('resetsOf', () => {
  it('returns the last reset of each phone, whatever the order of events', () => {
    const [early, late] = [5, 9].map((generation) => hint({ phones: ['p1'] }, { generation }));
    const created = hint({ phones: ['p1', 'p2'] });
    if (early === undefined || late === undefined) throw new Error('no hint');
    expect(resetsOf([late, early, created])).toEqual(new Map([['p1', 9]]));
    expect(resetsOf([early, late])).toEqual(new Map([['p1', 9]]));
  });
});

describe('baselineOf', () => {
  it('begins ten minutes before the first event that waits', () => {
    const hints = [hint({}), hint({ at: T0 - 30 * MINUTE }), hint({ at: T0 + 30 * MINUTE })];
    expect(baselineOf(hints, T0)).toBe(T0 - 40 * MINUTE);
    expect(baselineOf([hint({})], T0)).toBe(T0 - 10 * MINUTE);
  });

  it('is now without an event, and never older than two hours', () => {
    expect(baselineOf([], T0)).toBe(T0);
    expect(baselineOf([hint({ at: 0 })], T0)).toBe(T0 - 120 * MINUTE);
  });
});

describe('namedPhones', () => {
  it('leaves out hints of one policy, and names servers of none', () => {
    const hints = [
      hint({ phones: ['a'], others: ['b'], servers: ['s'] }),
      hint({ phones: ['c'], policy: 'nightly' }),
    ];
    expect(namedPhones(hints)).toEqual(new Set(['a', 'b']));
  });
});
