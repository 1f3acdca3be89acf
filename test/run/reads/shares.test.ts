import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import {
  isAnyWanted,
  nextReadAt,
  type ReadKind,
  readsAllowed,
} from '../../../lib/run/reads/shares.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Reads = Limits['reads'];
type Use = { sent?: number; deniedAgo?: number };

const kinds = ['jobs', 'phones', 'fleet'] as const;

/** Reads as they were sent by kind in this minute, the newest now. */
function reads(perMinute: number, uses: Partial<Record<ReadKind, Use>>): Reads {
  const sent = (count = 0) => Array.from({ length: count }, () => T0);
  const all = kinds.flatMap((kind) => sent(uses[kind]?.sent));
  const entries = kinds.map((kind) => {
    const { sent: count, deniedAgo } = uses[kind] ?? {};
    const denied = deniedAgo === undefined ? {} : { denied_at: T0 - deniedAgo };
    return [kind, { recent: sent(count), ...denied }];
  });
  return {
    ...initialLimits.reads,
    ...{ calls_per_minute: perMinute, recent: all },
    kinds: Object.fromEntries(entries) as Reads['kinds'],
  };
}

const allowed = (kind: ReadKind, budget: Reads, forJobs = 0): number =>
  readsAllowed({ reads: budget, forJobs }, kind, T0);

describe('readsAllowed', () => {
  it('keeps an eighth for following jobs, although none is followed', () => {
    expect(allowed('fleet', reads(80, {}))).toBeLessThanOrEqual(70);
    expect(allowed('jobs', reads(80, {}))).toBe(80);
  });

  it('keeps what the jobs in flight need, at most half of all', () => {
    expect(allowed('phones', reads(80, {}), 30)).toBe(50);
    expect(allowed('phones', reads(80, {}), 1_000)).toBe(40);
  });

  it('keeps the share of phones free of fleets while phones had to wait', () => {
    const before = allowed('fleet', reads(80, {}));
    const after = allowed('fleet', reads(80, { phones: { deniedAgo: 1_000 } }));
    expect(after).toBeLessThan(before);
    expect(after).toBeGreaterThan(0);
  });

  it('allows a kind its own share, however much another has taken', () => {
    const taken = reads(80, { fleet: { sent: 40 }, phones: { deniedAgo: 0 } });
    expect(allowed('phones', taken)).toBeGreaterThan(0);
    expect(allowed('jobs', taken)).toBeGreaterThan(0);
  });

  it('allows nothing while reads are blocked', () => {
    const blocked = { ...reads(80, {}), blocked_until: T0 + MINUTE };
    expect(kinds.map((kind) => allowed(kind, blocked))).toEqual([0, 0, 0]);
  });

  const use = fc.record({ sent: fc.nat(60), deniedAgo: fc.nat(3 * MINUTE) }, { requiredKeys: [] });
  const uses = fc.record({ jobs: use, phones: use, fleet: use }, { requiredKeys: [] });

  it('never allows more than the limit leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), uses, fc.nat(900), (limit, given, forJobs) => {
        const budget = reads(limit, given);
        const left = Math.max(0, limit - budget.recent.length);
        for (const kind of kinds) {
          const most = allowed(kind, budget, forJobs);
          expect(most).toBeGreaterThanOrEqual(0);
          expect(most).toBeLessThanOrEqual(left);
        }
      }),
    );
  });

  it('always lets some kind read while the limit leaves something', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), uses, fc.nat(900), (limit, given, forJobs) => {
        const budget = reads(limit, given);
        fc.pre(budget.recent.length < limit);
        expect(Math.max(...kinds.map((kind) => allowed(kind, budget, forJobs)))).toBeGreaterThan(0);
      }),
    );
  });
});

describe('nextReadAt', () => {
  it('is now while enough is left', () => {
    expect(nextReadAt({ reads: reads(80, {}), forJobs: 0 }, 'phones', T0)).toBe(T0);
  });

  it('is when the block ends', () => {
    const blocked = { ...reads(80, {}), blocked_until: T0 + MINUTE };
    expect(nextReadAt({ reads: blocked, forJobs: 0 }, 'jobs', T0)).toBe(T0 + MINUTE);
  });

  it('is when the calls of this minute no longer count', () => {
    const used = reads(40, { phones: { sent: 40 } });
    expect(nextReadAt({ reads: used, forJobs: 0 }, 'phones', T0)).toBe(T0 + 60_200);
  });
});

it.each([
  [{}, false],
  [{ fleet: { deniedAgo: 120_000 } }, true],
  [{ fleet: { deniedAgo: 120_001 } }, false],
  [{ jobs: { deniedAgo: -1 } }, false],
])('reads that had to wait count as wanted for two minutes: %j', (uses, expected) => {
  expect(isAnyWanted(reads(40, uses), T0)).toBe(expected);
});
