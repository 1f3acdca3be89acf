import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import type { PendingHint } from '../../../lib/run/first-backup/hints/pending-hints.ts';
import { isQuiet, knownPolicies, quietUntil } from '../../../lib/run/first-backup/is-quiet.ts';
import { phone } from '../../support/fleet.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const hint = (lookup: Partial<Lookup>, writtenAt = T0): PendingHint => ({
  id: 'trace-1',
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
  ...{ writtenAt, generation: 0 },
});
const starting = phone('p1', { status: 'starting' as Phone['status'] });

function quiet(hints: PendingHint[], phones: Record<string, Phone | null>, age = 0): boolean {
  const fetched = { phones: new Map(Object.entries(phones)), servers: new Map<string, Phone[]>() };
  return isQuiet(hints, fetched, { policies: [], open: [], now: T0 + age });
}

describe('nothing can be decided', () => {
  const waits = hint({ phones: ['p1'] });

  it('while no phone of a hint runs', () => {
    expect(quiet([waits], { p1: starting })).toBe(true);
    expect(quiet([waits], { p1: phone('p1') })).toBe(false);
  });

  it('unless one of several hints has a phone that runs', () => {
    const hints = [waits, hint({ phones: ['p2'] })];
    expect(quiet(hints, { p1: starting, p2: phone('p2') })).toBe(false);
    expect(quiet(hints, { p1: starting, p2: { ...starting, phone_id: 'p2' } })).toBe(true);
  });

  it('unless a hint expires: a phone that CPH does not know, or one that never starts', () => {
    expect(quiet([waits], { p1: null }, 2 * HOUR - 1)).toBe(true);
    expect(quiet([waits], { p1: null }, 2 * HOUR)).toBe(false);
    expect(quiet([waits], { p1: starting }, 24 * HOUR - 1)).toBe(true);
    expect(quiet([waits], { p1: starting }, 24 * HOUR)).toBe(false);
  });

  it('unless a hint waits for an order, or names nothing', () => {
    expect(quiet([hint({})], {})).toBe(false);
    expect(quiet([hint({ others: ['order-1'] })], { 'order-1': null })).toBe(false);
  });
});

describe('phones that do not run', () => {
  it('are looked up the less often the longer they wait, at least every 15 minutes', () => {
    expect(quietUntil([hint({})], T0)).toBe(T0 + MINUTE);
    expect(quietUntil([hint({}, T0 - 20 * MINUTE)], T0)).toBe(T0 + 5 * MINUTE);
    expect(quietUntil([hint({}, T0 - 20 * HOUR)], T0)).toBe(T0 + 15 * MINUTE);
  });
});

describe('the policies as the last pass left them', () => {
  it('are those that were on, since when they were', () => {
    const state = {
      policies: {
        off: { on: false, requested_at: {} },
        nightly: { on: true, requested_at: { p1: T0 }, since: 5 },
      },
    } as unknown as Parameters<typeof knownPolicies>[0];
    expect(knownPolicies(state)).toMatchObject([
      { name: 'nightly', since: 5, lastRequested: { p1: T0 } },
    ]);
  });
});
