import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import {
  decideFirstBackup,
  isCovered,
  isNewTo,
  isCoveredByAll,
  type OpenFirstBackup,
} from '../../../lib/run/first-backup/decide.ts';
import type { PendingHint } from '../../../lib/run/first-backup/pending-hints.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { phone } from '../../support/fleet.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const RESET = T0 - MINUTE;

const policyOf = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newborn', since: 0, lastRequested: {}, selects: () => true },
  ...changes,
});
const open = (changes: Partial<OpenFirstBackup> = {}): OpenFirstBackup => ({
  ...{
    policy: 'newborn',
    requestedAt: RESET,
    requested: new Set<string>(),
    inProgress: new Set<string>(),
  },
  ...changes,
});
const hint = (lookup: Partial<Lookup>, changes: Partial<PendingHint> = {}): PendingHint => ({
  id: 'trace-1',
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
  ...{ droppedAt: T0, generation: 0 },
  ...changes,
});

type World = {
  hints: PendingHint[];
  phones?: Record<string, Phone | null>;
  servers?: Record<string, Phone[]>;
  policies?: FirstBackupPolicy[];
  open?: OpenFirstBackup[];
};

/** The decision some time after T0: the requested phones, and what each hint waits for. */
function after(ms: number, world: World) {
  const fetched = {
    phones: new Map(Object.entries(world.phones ?? {})),
    servers: new Map(Object.entries(world.servers ?? {})),
  };
  const { hints, policies = [policyOf()], open: runs = [] } = world;
  const facts = { phones: fetched, policies, open: runs, now: T0 + ms };
  const { requests, waits } = decideFirstBackup(hints, facts);
  return {
    requests: requests.map(({ policy, phones }) => ({ policy, ...Object.fromEntries(phones) })),
    waits: hints.map((one) => Object.fromEntries(waits.get(one) ?? [])),
  };
}

const p1 = { hints: [hint({ phones: ['p1'] })], phones: { p1: phone('p1') } };
const asked = { requests: [{ policy: 'newborn', p1: 0 }], waits: [{}] };
const waiting = (reason: string) => ({ requests: [], waits: [{ p1: reason }] });
const done = { requests: [], waits: [{}] };

describe('isCovered', () => {
  it.each<[string, Partial<FirstBackupPolicy>, OpenFirstBackup[], boolean]>([
    ['nothing is known', {}, [], false],
    ['it was given before the reset', { lastRequested: { p1: RESET - 1 } }, [], false],
    ['it was given at the reset', { lastRequested: { p1: RESET } }, [], true],
    ['another phone was given it', { lastRequested: { p2: RESET } }, [], false],
    ['a run asks for it', {}, [open({ requested: new Set(['p1']) })], true],
    [
      'a run asks for it since before the reset',
      {},
      [open({ requested: new Set(['p1']), requestedAt: RESET - 1 })],
      false,
    ],
    ['a run asks for another', {}, [open({ requested: new Set(['p2']) })], false],
    [
      'a run of another policy asks for it',
      {},
      [open({ requested: new Set(['p1']), policy: 'nightly' })],
      false,
    ],
    ['one run of two asks for it', {}, [open(), open({ requested: new Set(['p1']) })], true],
    ['a run exports it anyway', {}, [open({ inProgress: new Set(['p1']) })], false],
  ])('%s', (_, changes, runs, expected) => {
    expect(isCovered(policyOf(changes), 'p1', RESET, runs)).toBe(expected);
  });

  it('does not mistake a built-in property for a phone', () => {
    expect(isCovered(policyOf(), 'constructor', 0, [])).toBe(false);
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

describe('isCoveredByAll', () => {
  const given = policyOf({ lastRequested: { p1: RESET } });
  const other = policyOf({ name: 'nightly' });

  it.each<[string, FirstBackupPolicy[], string | undefined, boolean]>([
    ['all policies gave', [given], undefined, true],
    ['one policy did not', [given, other], undefined, false],
    ['the policy named gave', [given, other], 'newborn', true],
    ['the policy named did not', [given, other], 'nightly', false],
    ['the policy named gives none', [other], 'newborn', true],
  ])('%s', (_, policies, policy, expected) => {
    const own = policy === undefined ? {} : { policy };
    expect(isCoveredByAll(policies, hint(own), 'p1', [])).toBe(expected);
  });

  it('considers the generation and the open runs', () => {
    const reset = hint({}, { generation: RESET + 1 });
    expect(isCoveredByAll([given], reset, 'p1', [])).toBe(false);
    const runs = [open({ requested: new Set(['p1']), requestedAt: RESET + 1 })];
    expect(isCoveredByAll([given], reset, 'p1', runs)).toBe(true);
  });
});

describe('decideFirstBackup', () => {
  it('requests phones five minutes after their first hint', () => {
    expect(after(5 * MINUTE - 1, p1)).toEqual(waiting('window'));
    expect(after(5 * MINUTE, p1)).toEqual(asked);
  });

  it('requests all phones of a policy together, by their first hint', () => {
    const hints = [
      hint({ phones: ['old'] }, { droppedAt: T0 - HOUR }),
      hint({ phones: ['p2'] }, { droppedAt: T0 + 4 * MINUTE }),
      hint({ phones: ['p1'] }),
    ];
    const phones = { p1: phone('p1'), p2: phone('p2'), old: phone('old') };
    const world = { hints, phones, policies: [policyOf({ lastRequested: { old: 1 } })] };
    expect(after(5 * MINUTE - 1, world)).toEqual({
      requests: [],
      waits: [{}, { p2: 'window' }, { p1: 'window' }],
    });
    expect(after(5 * MINUTE, world)).toEqual({
      requests: [{ policy: 'newborn', p1: 0, p2: 0 }],
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
    expect(after(minutes * MINUTE - 1, world)).toEqual({ requests: [], waits });
    expect(after(minutes * MINUTE, world)).toEqual({
      requests: asked.requests,
      waits: [{ p2: status }],
    });
  });

  it.each<[string, Partial<World>, boolean]>([
    ['gave to one', { policies: [policyOf({ lastRequested: { p9: T0 + MINUTE, p8: 1 } })] }, true],
    [
      'asks for one',
      { open: [open({ requestedAt: T0 + MINUTE, requested: new Set(['p9']) })] },
      true,
    ],
    ['runs for other reasons', { open: [open({ requestedAt: T0 + MINUTE })] }, false],
    [
      'is not the one that asks',
      { open: [open({ requestedAt: T0 + MINUTE, requested: new Set(['p9']), policy: 'nightly' })] },
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
      expect(after(5 * MINUTE, world).requests).toEqual([{ policy: 'newborn', p1: RESET }]);
      expect(after(0, world).waits).toEqual([{ p1: 'window' }, { p1: 'window' }]);
    },
  );

  it('requests the phone for each policy that selects it, unless the hint names one', () => {
    const policies = [policyOf(), policyOf({ name: 'nightly' })];
    const named = [hint({ phones: ['p1'], change: 'requested', policy: 'nightly' })];
    const policiesOf = (hints: PendingHint[]) =>
      after(5 * MINUTE, { ...p1, hints, policies }).requests.map(({ policy }) => policy);
    expect(policiesOf(p1.hints)).toEqual(['newborn', 'nightly']);
    expect(policiesOf(named)).toEqual(['nightly']);
  });

  it.each<[string, Partial<World>, object]>([
    ['was not looked at', { phones: {} }, waiting('not_fetched')],
    ['is not there', { phones: { p1: null } }, waiting('not_found')],
    [
      'is resetting',
      { phones: { p1: phone('p1', { status: 'resetting' }) } },
      waiting('resetting'),
    ],
    ['is not wanted', { policies: [policyOf({ selects: () => false })] }, done],
    ['had its first backup', { policies: [policyOf({ lastRequested: { p1: 1 } })] }, done],
    [
      'is exported anyway',
      { open: [open({ inProgress: new Set(['p1']) })] },
      waiting('being_exported'),
    ],
    [
      'is exported by another policy',
      { open: [open({ inProgress: new Set(['p1']), policy: 'nightly' })] },
      asked,
    ],
    ['is wanted by nobody', { policies: [] }, done],
  ])('asks or waits as it must for a phone that %s', (_, world, expected) => {
    expect(after(5 * MINUTE, { ...p1, ...world })).toEqual(expected);
  });

  it('requests a phone after its reset while an export from before is running', () => {
    const hints = [hint({ phones: ['p1'] }, { generation: RESET })];
    const world = { ...p1, hints, open: [open({ inProgress: new Set(['p1']) })] };
    expect(after(5 * MINUTE, world).requests).toEqual([{ policy: 'newborn', p1: RESET }]);
  });

  it.each<[Lookup['change'], number, object]>([
    ['discovered', T0 - HOUR, done],
    ['discovered', T0, asked],
    ['requested', T0 - HOUR, asked],
    ['created', T0 - HOUR, asked],
  ])('minds when it was created only for a phone that a sweep %s', (change, at, expected) => {
    const hints = [hint({ phones: ['p1'], change })];
    const phones = { p1: phone('p1', { created_at: at }) };
    const policies = [policyOf({ since: T0 })];
    expect(after(5 * MINUTE, { hints, phones, policies })).toEqual(expected);
  });

  it('shows the policy only what the inventory keeps of a phone', () => {
    const shown: object[] = [];
    const selects: FirstBackupPolicy['selects'] = (candidate) => shown.push(candidate) > 0;
    const phones = { p1: phone('p1', { created_at: T0, image_version: 'v1' }) };
    after(0, { ...p1, phones, policies: [policyOf({ selects })] });
    expect(shown).toEqual([phone('p1', { image_version: 'v1' })]);
  });

  it.each<[string, Partial<Lookup>, Partial<World>, object]>([
    ['a server not looked at', { servers: ['s1'] }, {}, { s1: 'not_fetched' }],
    [
      'a bought server without phones',
      { servers: ['s1'] },
      { servers: { s1: [] } },
      { s1: 'order' },
    ],
    [
      'a named server without phones',
      { servers: ['s1'], change: 'requested' },
      { servers: { s1: [] } },
      { s1: 'not_found' },
    ],
    ['an id not looked at', { others: ['x'] }, {}, { x: 'not_fetched' }],
    [
      'an id that is no phone, not looked at as a server',
      { others: ['x'] },
      { phones: { x: null } },
      { x: 'not_fetched' },
    ],
    [
      'an id that is neither',
      { others: ['x'], change: 'requested' },
      { phones: { x: null }, servers: { x: [] } },
      { x: 'order' },
    ],
    [
      'an id whose phone had its first backup',
      { others: ['x'] },
      { policies: [policyOf({ lastRequested: { x: 1 } })] },
      {},
    ],
    ['nothing that it names', {}, {}, { '': 'order' }],
    [
      'a phone and a server alone',
      { phones: ['p1'], servers: ['s1'] },
      {},
      { p1: 'not_fetched', s1: 'not_fetched' },
    ],
    [
      'a phone and another id alone',
      { phones: ['p1'], others: ['x'] },
      {},
      { p1: 'not_fetched', x: 'not_fetched' },
    ],
  ])('has a hint wait for %s', (_, lookup, world, waits) => {
    const hints = [hint(lookup)];
    expect(after(HOUR, { hints, ...world })).toEqual({ requests: [], waits: [waits] });
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
    ['long before the server was named', { change: 'requested' }, 0, true],
  ])('takes a phone of a server for bought when it was created %s', (_, lookup, at, isBought) => {
    const one = phone('p1', at === undefined ? {} : { created_at: at });
    const world = { hints: [hint({ servers: ['s1'], ...lookup })], servers: { s1: [one] } };
    expect(after(5 * MINUTE, world)).toEqual(
      isBought ? asked : { requests: [], waits: [{ s1: 'order' }] },
    );
  });
});
