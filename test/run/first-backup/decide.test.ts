import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/hints.ts';
import {
  decideFirstBackup,
  isCovered,
  isNewTo,
  isSettledFor,
  type OpenFirstBackup,
} from '../../../lib/run/first-backup/decide.ts';
import type { Pending } from '../../../lib/run/first-backup/pending-hints.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { phone } from '../../support/fleet.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const RESET = T0 - MINUTE;

const giver = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newborn', since: 0, given: {}, selects: () => true },
  ...changes,
});
const open = (changes: Partial<OpenFirstBackup> = {}): OpenFirstBackup => ({
  ...{
    policy: 'newborn',
    requestedAt: RESET,
    asked: new Set<string>(),
    underway: new Set<string>(),
  },
  ...changes,
});
const hint = (lookup: Partial<Lookup>, changes: Partial<Pending> = {}): Pending => ({
  id: 'trace-1',
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
  ...{ droppedAt: T0, generation: 0 },
  ...changes,
});

type World = {
  hints: Pending[];
  phones?: Record<string, Phone | null>;
  servers?: Record<string, Phone[]>;
  givers?: FirstBackupPolicy[];
  open?: OpenFirstBackup[];
};

/** What is decided some time after T0: the phones asked for, and what each hint waits for. */
function after(ms: number, world: World) {
  const seen = {
    phones: new Map(Object.entries(world.phones ?? {})),
    servers: new Map(Object.entries(world.servers ?? {})),
  };
  const { hints, givers = [giver()], open: runs = [] } = world;
  const { asks, waits } = decideFirstBackup(hints, seen, givers, runs, T0 + ms);
  return {
    asks: asks.map(({ policy, phones }) => ({ policy, ...Object.fromEntries(phones) })),
    waits: hints.map((one) => Object.fromEntries(waits.get(one) ?? [])),
  };
}

const p1 = { hints: [hint({ phones: ['p1'] })], phones: { p1: phone('p1') } };
const asked = { asks: [{ policy: 'newborn', p1: 0 }], waits: [{}] };
const waiting = (reason: string) => ({ asks: [], waits: [{ p1: reason }] });
const done = { asks: [], waits: [{}] };

describe('isCovered', () => {
  it.each<[string, Partial<FirstBackupPolicy>, OpenFirstBackup[], boolean]>([
    ['nothing is known', {}, [], false],
    ['it was given before the reset', { given: { p1: RESET - 1 } }, [], false],
    ['it was given at the reset', { given: { p1: RESET } }, [], true],
    ['another phone was given it', { given: { p2: RESET } }, [], false],
    ['a run asks for it', {}, [open({ asked: new Set(['p1']) })], true],
    [
      'a run asks for it since before the reset',
      {},
      [open({ asked: new Set(['p1']), requestedAt: RESET - 1 })],
      false,
    ],
    ['a run asks for another', {}, [open({ asked: new Set(['p2']) })], false],
    [
      'a run of another policy asks for it',
      {},
      [open({ asked: new Set(['p1']), policy: 'nightly' })],
      false,
    ],
    ['one run of two asks for it', {}, [open(), open({ asked: new Set(['p1']) })], true],
    ['a run exports it anyway', {}, [open({ underway: new Set(['p1']) })], false],
  ])('%s', (_, changes, runs, expected) => {
    expect(isCovered(giver(changes), 'p1', RESET, runs)).toBe(expected);
  });

  it('takes no word of the language for a phone', () => {
    expect(isCovered(giver(), 'constructor', 0, [])).toBe(false);
  });
});

describe('isNewTo', () => {
  it.each([
    ['well before', T0 - HOUR, false],
    ['a second before', T0 - 1000, false],
    ['in the same second', T0, true],
    ['later', T0 + HOUR, true],
    ['nobody knows when', undefined, false],
  ])('a phone created %s', (_, created_at, expected) => {
    const one = phone('p1', created_at === undefined ? {} : { created_at });
    expect(isNewTo({ since: T0 }, one)).toBe(expected);
    if (created_at === T0) expect(isNewTo({ since: T0 + 999 }, one)).toBe(true);
  });
});

describe('isSettledFor', () => {
  const given = giver({ given: { p1: RESET } });
  const other = giver({ name: 'nightly' });

  it.each<[string, FirstBackupPolicy[], string | undefined, boolean]>([
    ['all policies gave', [given], undefined, true],
    ['one policy did not', [given, other], undefined, false],
    ['the policy named gave', [given, other], 'newborn', true],
    ['the policy named did not', [given, other], 'nightly', false],
    ['the policy named gives none', [other], 'newborn', true],
  ])('%s', (_, givers, policy, expected) => {
    const own = policy === undefined ? {} : { policy };
    expect(isSettledFor(givers, hint(own), 'p1', [])).toBe(expected);
  });

  it('minds the generation and what is asked for', () => {
    const reset = hint({}, { generation: RESET + 1 });
    expect(isSettledFor([given], reset, 'p1', [])).toBe(false);
    const runs = [open({ asked: new Set(['p1']), requestedAt: RESET + 1 })];
    expect(isSettledFor([given], reset, 'p1', runs)).toBe(true);
  });
});

describe('decideFirst', () => {
  it('asks five minutes after the first of the phones was heard of', () => {
    expect(after(5 * MINUTE - 1, p1)).toEqual(waiting('window'));
    expect(after(5 * MINUTE, p1)).toEqual(asked);
  });

  it('asks for all of a policy together, by the first hint that counts', () => {
    const hints = [
      hint({ phones: ['old'] }, { droppedAt: T0 - HOUR }),
      hint({ phones: ['p2'] }, { droppedAt: T0 + 4 * MINUTE }),
      hint({ phones: ['p1'] }),
    ];
    const phones = { p1: phone('p1'), p2: phone('p2'), old: phone('old') };
    const world = { hints, phones, givers: [giver({ given: { old: 1 } })] };
    expect(after(5 * MINUTE - 1, world)).toEqual({
      asks: [],
      waits: [{}, { p2: 'window' }, { p1: 'window' }],
    });
    expect(after(5 * MINUTE, world)).toEqual({
      asks: [{ policy: 'newborn', p1: 0, p2: 0 }],
      waits: [{}, {}, {}],
    });
  });

  it.each([
    ['is on its way', 'creating' as const, 10],
    ['needs help', 'frozen' as const, 5],
  ])('waits longer while another phone %s', (_, status, minutes) => {
    const hints = [hint({ phones: ['p1', 'p2'] })];
    const world = { hints, phones: { p1: phone('p1'), p2: phone('p2', { status }) } };
    const waits = [{ p1: 'window', p2: status }];
    expect(after(minutes * MINUTE - 1, world)).toEqual({ asks: [], waits });
    expect(after(minutes * MINUTE, world)).toEqual({ asks: asked.asks, waits: [{ p2: status }] });
  });

  it.each<[string, Partial<World>, boolean]>([
    ['gave to one', { givers: [giver({ given: { p9: T0 + MINUTE, p8: 1 } })] }, true],
    ['asks for one', { open: [open({ requestedAt: T0 + MINUTE, asked: new Set(['p9']) })] }, true],
    ['runs for other reasons', { open: [open({ requestedAt: T0 + MINUTE })] }, false],
    [
      'is not the one that asks',
      { open: [open({ requestedAt: T0 + MINUTE, asked: new Set(['p9']), policy: 'nightly' })] },
      false,
    ],
  ])('lets five minutes pass after the policy %s', (_, world, waits) => {
    expect(after(5 * MINUTE, { ...p1, ...world })).toEqual(waits ? waiting('window') : asked);
    expect(after(6 * MINUTE, { ...p1, ...world })).toEqual(asked);
  });

  it.each([[[RESET, 0]], [[0, RESET]], [[RESET - 1, RESET]]])(
    'asks for the newest generation that hints tell of: %o',
    (generations) => {
      const hints = generations.map((generation) => hint({ phones: ['p1'] }, { generation }));
      const world = { hints, phones: p1.phones };
      expect(after(5 * MINUTE, world).asks).toEqual([{ policy: 'newborn', p1: RESET }]);
      expect(after(0, world).waits).toEqual([{ p1: 'window' }, { p1: 'window' }]);
    },
  );

  it('asks for each policy that wants the phone, unless the hint names one', () => {
    const givers = [giver(), giver({ name: 'nightly' })];
    const named = [hint({ phones: ['p1'], change: 'named', policy: 'nightly' })];
    const policies = (hints: Pending[]) =>
      after(5 * MINUTE, { ...p1, hints, givers }).asks.map(({ policy }) => policy);
    expect(policies(p1.hints)).toEqual(['newborn', 'nightly']);
    expect(policies(named)).toEqual(['nightly']);
  });

  it.each<[string, Partial<World>, object]>([
    ['was not looked at', { phones: {} }, waiting('not_looked_at')],
    ['is not there', { phones: { p1: null } }, waiting('not_found')],
    [
      'is resetting',
      { phones: { p1: phone('p1', { status: 'resetting' }) } },
      waiting('resetting'),
    ],
    ['is not wanted', { givers: [giver({ selects: () => false })] }, done],
    ['had its first backup', { givers: [giver({ given: { p1: 1 } })] }, done],
    ['is exported anyway', { open: [open({ underway: new Set(['p1']) })] }, waiting('underway')],
    [
      'is exported by another policy',
      { open: [open({ underway: new Set(['p1']), policy: 'nightly' })] },
      asked,
    ],
    ['is wanted by nobody', { givers: [] }, done],
  ])('asks or waits as it must for a phone that %s', (_, world, expected) => {
    expect(after(5 * MINUTE, { ...p1, ...world })).toEqual(expected);
  });

  it('asks for a phone after its reset, though an export of before goes on', () => {
    const hints = [hint({ phones: ['p1'] }, { generation: RESET })];
    const world = { ...p1, hints, open: [open({ underway: new Set(['p1']) })] };
    expect(after(5 * MINUTE, world).asks).toEqual([{ policy: 'newborn', p1: RESET }]);
  });

  it.each<[Lookup['change'], number, object]>([
    ['found', T0 - HOUR, done],
    ['found', T0, asked],
    ['named', T0 - HOUR, asked],
    ['created', T0 - HOUR, asked],
  ])('minds when it was created only for a phone that a sweep %s', (change, at, expected) => {
    const hints = [hint({ phones: ['p1'], change })];
    const phones = { p1: phone('p1', { created_at: at }) };
    const givers = [giver({ since: T0 })];
    expect(after(5 * MINUTE, { hints, phones, givers })).toEqual(expected);
  });

  it('shows the policy what the inventory keeps of a phone', () => {
    const shown: object[] = [];
    const selects: FirstBackupPolicy['selects'] = (candidate) => shown.push(candidate) > 0;
    const phones = { p1: phone('p1', { created_at: T0, image_version: 'v1' }) };
    after(0, { ...p1, phones, givers: [giver({ selects })] });
    expect(shown).toEqual([phone('p1', { image_version: 'v1' })]);
  });

  it.each<[string, Partial<Lookup>, Partial<World>, object]>([
    ['a server not looked at', { servers: ['s1'] }, {}, { s1: 'not_looked_at' }],
    [
      'a bought server without phones',
      { servers: ['s1'] },
      { servers: { s1: [] } },
      { s1: 'order' },
    ],
    [
      'a named server without phones',
      { servers: ['s1'], change: 'named' },
      { servers: { s1: [] } },
      { s1: 'not_found' },
    ],
    ['an id not looked at', { others: ['x'] }, {}, { x: 'not_looked_at' }],
    [
      'an id that is no phone, not looked at as a server',
      { others: ['x'] },
      { phones: { x: null } },
      { x: 'not_looked_at' },
    ],
    [
      'an id that is neither',
      { others: ['x'], change: 'named' },
      { phones: { x: null }, servers: { x: [] } },
      { x: 'order' },
    ],
    [
      'an id whose phone had its first backup',
      { others: ['x'] },
      { givers: [giver({ given: { x: 1 } })] },
      {},
    ],
    ['nothing that it names', {}, {}, { '': 'order' }],
    [
      'a phone and a server alone',
      { phones: ['p1'], servers: ['s1'] },
      {},
      { p1: 'not_looked_at', s1: 'not_looked_at' },
    ],
    [
      'a phone and another id alone',
      { phones: ['p1'], others: ['x'] },
      {},
      { p1: 'not_looked_at', x: 'not_looked_at' },
    ],
  ])('has a hint wait for %s', (_, lookup, world, waits) => {
    const hints = [hint(lookup)];
    expect(after(HOUR, { hints, ...world })).toEqual({ asks: [], waits: [waits] });
  });

  it.each<[string, Partial<Lookup>, Partial<World>]>([
    ['a phone', { others: ['p1'] }, { phones: { p1: phone('p1') } }],
    ['a server', { others: ['s1'] }, { phones: { s1: null }, servers: { s1: [phone('p1')] } }],
    ['a server, known as such', { servers: ['s1'] }, { servers: { s1: [phone('p1')] } }],
  ])('asks for what an id stands for: %s', (_, lookup, world) => {
    expect(after(5 * MINUTE, { hints: [hint(lookup)], ...world })).toEqual(asked);
  });

  it.each<[string, Partial<Lookup>, number | undefined, boolean]>([
    ['an hour before the purchase', { at: T0 - MINUTE }, T0 - MINUTE - HOUR, true],
    ['earlier', { at: T0 - MINUTE }, T0 - MINUTE - HOUR - 1000, false],
    ['an hour before its trace came', { at: T0 + HOUR }, T0 - HOUR, true],
    ['an hour before a trace without a time', {}, T0 - HOUR, true],
    ['earlier than a trace without a time', {}, T0 - HOUR - 1000, false],
    ['nobody knows when', { at: T0 - MINUTE }, undefined, true],
    ['long before the server was named', { change: 'named' }, 0, true],
  ])('takes a phone of a server for bought when it was created %s', (_, lookup, at, isBought) => {
    const one = phone('p1', at === undefined ? {} : { created_at: at });
    const world = { hints: [hint({ servers: ['s1'], ...lookup })], servers: { s1: [one] } };
    expect(after(5 * MINUTE, world)).toEqual(
      isBought ? asked : { asks: [], waits: [{ s1: 'order' }] },
    );
  });
});
