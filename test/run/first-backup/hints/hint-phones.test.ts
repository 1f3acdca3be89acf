import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../../lib/ledger/hints/lookup.ts';
import {
  idsToFetch,
  phonesOf,
  unresolvedIds,
} from '../../../../lib/run/first-backup/hints/hint-phones.ts';
import type { FetchedPhones } from '../../../../lib/run/first-backup/hints/look-up.ts';
import type { PendingHint } from '../../../../lib/run/first-backup/hints/pending-hints.ts';
import type { FirstBackupPolicy } from '../../../../lib/run/first-backup/policies.ts';
import { phone } from '../../../support/fleet.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const HOUR = 60 * MINUTE;

const policyOf = (lastRequested: Record<string, number> = {}): FirstBackupPolicy => ({
  ...{ name: 'newphones', since: 0, lastRequested, selects: () => true },
});
const hint = (lookup: Partial<Lookup>): PendingHint => ({
  ...{ id: 'trace-1', writtenAt: T0, generation: 0 },
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
});
const fetched = (
  phones: Record<string, Phone | null> = {},
  servers: Record<string, Phone[]> = {},
): FetchedPhones => ({
  phones: new Map(Object.entries(phones)),
  servers: new Map(Object.entries(servers)),
});

describe('idsToFetch', () => {
  it('returns each id of the hints once, by kind', () => {
    const hints = [
      hint({ phones: ['p1'], servers: ['s1'], others: ['x'] }),
      hint({ phones: ['p1', 'p2'], servers: ['s1'] }),
    ];
    expect(idsToFetch(hints, [policyOf()], [])).toEqual({
      ...{ phones: new Set(['p1', 'p2']), servers: new Set(['s1']), others: new Set(['x']) },
    });
  });

  it('leaves out phones that had their first backup, and keeps all servers', () => {
    const hints = [hint({ phones: ['p1', 'p2'], servers: ['s1'], others: ['x'] })];
    expect(idsToFetch(hints, [policyOf({ p1: 1, s1: 1, x: 1 })], [])).toEqual({
      ...{ phones: new Set(['p2']), servers: new Set(['s1']), others: new Set() },
    });
  });
});

describe('phonesOf', () => {
  const p1 = phone('p1');

  it('returns undefined for a phone that was not fetched, and null for one that does not exist', () => {
    const phones = phonesOf(hint({ phones: ['p1', 'p2', 'p3'] }), fetched({ p1, p2: null }));
    expect([...phones]).toEqual([
      ['p1', p1],
      ['p2', null],
      ['p3', undefined],
    ]);
  });

  it.each<[string, Partial<Lookup>, FetchedPhones]>([
    ['the phone of an id that is a phone', { others: ['p1'] }, fetched({ p1 })],
    ['the phones of a server', { servers: ['s1'] }, fetched({}, { s1: [p1] })],
    [
      'the phones of an id that is a server',
      { others: ['s1'] },
      fetched({ s1: null }, { s1: [p1] }),
    ],
  ])('returns %s', (_, lookup, known) => {
    expect([...phonesOf(hint(lookup), known)]).toEqual([['p1', p1]]);
  });

  it.each<[string, Partial<Lookup>, number | undefined, boolean]>([
    ['an hour before the purchase', { at: T0 - MINUTE }, T0 - MINUTE - HOUR, true],
    ['more than an hour before it', { at: T0 - MINUTE }, T0 - MINUTE - HOUR - 1000, false],
    ['an hour before a trace whose own time is in the future', { at: T0 + HOUR }, T0 - HOUR, true],
    ['an hour before a trace without a time', {}, T0 - HOUR, true],
    ['more than an hour before a trace without a time', {}, T0 - HOUR - 1000, false],
    ['at an unknown time', { at: T0 - MINUTE }, undefined, true],
    ['long before someone requested the server by name', { change: 'requested' }, 0, true],
  ])('returns those phones of a server that a purchase may have created: created %s', (...row) => {
    const [, lookup, created_at, isReturned] = row;
    const one = phone('p1', created_at === undefined ? {} : { created_at });
    const phones = phonesOf(hint({ servers: ['s1'], ...lookup }), fetched({}, { s1: [one] }));
    expect([...phones.keys()]).toEqual(isReturned ? ['p1'] : []);
  });
});

describe('unresolvedIds', () => {
  it.each<[string, Partial<Lookup>, FetchedPhones, object]>([
    [
      'returns a server that was not fetched',
      { servers: ['s1'] },
      fetched(),
      { s1: 'not_fetched' },
    ],
    [
      'waits for the phones of a purchased server to appear',
      { servers: ['s1'] },
      fetched({}, { s1: [] }),
      { s1: 'order' },
    ],
    [
      'waits when a purchased server shows only phones from before the purchase',
      { servers: ['s1'] },
      fetched({}, { s1: [phone('p1', { created_at: T0 - 2 * HOUR })] }),
      { s1: 'order' },
    ],
    [
      'does not find a requested server without phones',
      { servers: ['s1'], change: 'requested' },
      fetched({}, { s1: [] }),
      { s1: 'not_found' },
    ],
    [
      'returns an id of unknown kind that was not fetched',
      { others: ['x'] },
      fetched(),
      { x: 'not_fetched' },
    ],
    [
      'returns an id that is no phone and was not fetched as a server',
      { others: ['x'] },
      fetched({ x: null }),
      { x: 'not_fetched' },
    ],
    [
      'treats an id that is neither phone nor server as an order',
      { others: ['x'], change: 'requested' },
      fetched({ x: null }, { x: [] }),
      { x: 'order' },
    ],
    ['treats a hint without ids as an order', {}, fetched(), { '': 'order' }],
    [
      'returns no server whose phones are known',
      { servers: ['s1'] },
      fetched({}, { s1: [phone('p1')] }),
      {},
    ],
    ['leaves phones to the policies', { phones: ['p1'] }, fetched(), {}],
  ])('%s', (_, lookup, known, expected) => {
    const waits = unresolvedIds(hint(lookup), known, [policyOf()], []);
    expect(Object.fromEntries(waits)).toEqual(expected);
  });

  it('returns no id whose phone had its first backup', () => {
    const waits = unresolvedIds(hint({ others: ['x'] }), fetched(), [policyOf({ x: 1 })], []);
    expect(waits.size).toBe(0);
  });
});
