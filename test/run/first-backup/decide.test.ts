import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import type { OpenFirstBackup } from '../../../lib/run/first-backup/covered.ts';
import { decideFirstBackup } from '../../../lib/run/first-backup/decide.ts';
import type { PendingHint } from '../../../lib/run/first-backup/hints/pending-hints.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { phone } from '../../support/fleet.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const RESET = T0 - MINUTE;

const policyOf = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newphones', since: 0, lastRequested: {}, selects: () => true },
  ...changes,
});
const open = (changes: Partial<OpenFirstBackup> = {}): OpenFirstBackup => ({
  ...{
    policy: 'newphones',
    requestedAt: RESET,
    requested: new Set<string>(),
    inProgress: new Set<string>(),
  },
  ...changes,
});
const hint = (lookup: Partial<Lookup>, changes: Partial<PendingHint> = {}): PendingHint => ({
  id: 'trace-1',
  lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
  ...{ writtenAt: T0, generation: 0 },
  ...changes,
});

type World = {
  hints: PendingHint[];
  phones?: Record<string, Phone | null>;
  servers?: Record<string, Phone[]>;
  policies?: FirstBackupPolicy[];
  open?: OpenFirstBackup[];
};

/** The decision `ms` after T0: the requested phones, and what each hint waits for. */
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
const requested = { requests: [{ policy: 'newphones', p1: 0 }], waits: [{}] };
const waiting = (reason: string) => ({ requests: [], waits: [{ p1: reason }] });
const nothingDue = { requests: [], waits: [{}] };

describe('decideFirstBackup', () => {
  it('requests phones five minutes after their first hint', () => {
    expect(after(5 * MINUTE - 1, p1)).toEqual(waiting('window'));
    expect(after(5 * MINUTE, p1)).toEqual(requested);
  });

  it('requests all phones of a policy together, five minutes after the first of their hints', () => {
    const hints = [
      hint({ phones: ['old'] }, { writtenAt: T0 - HOUR }),
      hint({ phones: ['p2'] }, { writtenAt: T0 + 4 * MINUTE }),
      hint({ phones: ['p1'] }),
    ];
    const phones = { p1: phone('p1'), p2: phone('p2'), old: phone('old') };
    const world = { hints, phones, policies: [policyOf({ lastRequested: { old: 1 } })] };
    expect(after(5 * MINUTE - 1, world)).toEqual({
      requests: [],
      waits: [{}, { p2: 'window' }, { p1: 'window' }],
    });
    expect(after(5 * MINUTE, world)).toEqual({
      requests: [{ policy: 'newphones', p1: 0, p2: 0 }],
      waits: [{}, {}, {}],
    });
  });

  it.each([
    [10, 'is being created', 'creating' as const],
    [5, 'is frozen', 'frozen' as const],
  ])('requests running phones after %i minutes while another phone %s', (minutes, _, status) => {
    const hints = [hint({ phones: ['p1', 'p2'] })];
    const world = { hints, phones: { p1: phone('p1'), p2: phone('p2', { status }) } };
    const waits = [{ p1: 'window', p2: status }];
    expect(after(minutes * MINUTE - 1, world)).toEqual({ requests: [], waits });
    expect(after(minutes * MINUTE, world)).toEqual({
      requests: requested.requests,
      waits: [{ p2: status }],
    });
  });

  it.each<[string, Partial<World>, boolean]>([
    [
      'requested another phone',
      { policies: [policyOf({ lastRequested: { p9: T0 + MINUTE, p8: 1 } })] },
      true,
    ],
    [
      'has an open request for another phone',
      { open: [open({ requestedAt: T0 + MINUTE, requested: new Set(['p9']) })] },
      true,
    ],
    ['has an open run for other reasons', { open: [open({ requestedAt: T0 + MINUTE })] }, false],
    [
      'has no request, but another policy has',
      { open: [open({ requestedAt: T0 + MINUTE, requested: new Set(['p9']), policy: 'nightly' })] },
      false,
    ],
  ])(
    'waits for five minutes after the last request of the same policy: it %s',
    (_, world, waits) => {
      expect(after(5 * MINUTE, { ...p1, ...world })).toEqual(waits ? waiting('window') : requested);
      expect(after(6 * MINUTE, { ...p1, ...world })).toEqual(requested);
    },
  );

  it.each([[[RESET, 0]], [[0, RESET]], [[RESET - 1, RESET]]])(
    'requests the newest generation that the hints name: %o',
    (generations) => {
      const hints = generations.map((generation) => hint({ phones: ['p1'] }, { generation }));
      const world = { hints, phones: p1.phones };
      expect(after(5 * MINUTE, world).requests).toEqual([{ policy: 'newphones', p1: RESET }]);
      expect(after(0, world).waits).toEqual([{ p1: 'window' }, { p1: 'window' }]);
    },
  );

  it('requests the phone for each policy, or only for the policy that the hint names', () => {
    const policies = [policyOf(), policyOf({ name: 'nightly' })];
    const named = [hint({ phones: ['p1'], change: 'requested', policy: 'nightly' })];
    const policiesOf = (hints: PendingHint[]) =>
      after(5 * MINUTE, { ...p1, hints, policies }).requests.map(({ policy }) => policy);
    expect(policiesOf(p1.hints)).toEqual(['newphones', 'nightly']);
    expect(policiesOf(named)).toEqual(['nightly']);
  });

  it.each<[string, Partial<World>, object]>([
    ['was not fetched', { phones: {} }, waiting('not_fetched')],
    ['does not exist', { phones: { p1: null } }, waiting('not_found')],
    [
      'is resetting',
      { phones: { p1: phone('p1', { status: 'resetting' }) } },
      waiting('resetting'),
    ],
    [
      'the policy may select, if its server has the tags',
      { policies: [policyOf({ tagsUnknown: true })] },
      waiting('tags_unknown'),
    ],
    [
      'the policy does not select whatever its tags',
      { policies: [policyOf({ tagsUnknown: true, selects: () => false })] },
      nothingDue,
    ],
    ['the policy does not select', { policies: [policyOf({ selects: () => false })] }, nothingDue],
    ['had its first backup', { policies: [policyOf({ lastRequested: { p1: 1 } })] }, nothingDue],
    [
      'a run of the policy is exporting',
      { open: [open({ inProgress: new Set(['p1']) })] },
      waiting('being_exported'),
    ],
    [
      'a run of another policy is exporting',
      { open: [open({ inProgress: new Set(['p1']), policy: 'nightly' })] },
      requested,
    ],
    ['no policy covers', { policies: [] }, nothingDue],
  ])(
    'requests a phone, waits for it or ignores it by what is known: a phone that %s',
    (_, world, expected) => {
      expect(after(5 * MINUTE, { ...p1, ...world })).toEqual(expected);
    },
  );

  it('requests a phone after its reset while an export from before the reset is running', () => {
    const hints = [hint({ phones: ['p1'] }, { generation: RESET })];
    const world = { ...p1, hints, open: [open({ inProgress: new Set(['p1']) })] };
    expect(after(5 * MINUTE, world).requests).toEqual([{ policy: 'newphones', p1: RESET }]);
  });

  it.each<[Lookup['change'], number, object]>([
    ['discovered', T0 - HOUR, nothingDue],
    ['discovered', T0, requested],
    ['requested', T0 - HOUR, requested],
    ['created', T0 - HOUR, requested],
  ])(
    'ignores phones older than the policy only when a sweep found them: hint "%s", created at %i',
    (change, at, expected) => {
      const hints = [hint({ phones: ['p1'], change })];
      const phones = { p1: phone('p1', { created_at: at }) };
      const policies = [policyOf({ since: T0 })];
      expect(after(5 * MINUTE, { hints, phones, policies })).toEqual(expected);
    },
  );

  it('matches the policy against what the inventory stores of a phone', () => {
    const shown: object[] = [];
    const selects: FirstBackupPolicy['selects'] = (candidate) => shown.push(candidate) > 0;
    const phones = { p1: phone('p1', { created_at: T0, image_version: 'v1' }) };
    after(0, { ...p1, phones, policies: [policyOf({ selects })] });
    expect(shown).toEqual([phone('p1', { image_version: 'v1' })]);
  });

  it.each<[string, Partial<Lookup>]>([
    ['server', { servers: ['s1'] }],
    ['id of unknown kind', { others: ['x'] }],
  ])('has a hint wait for a phone and for an unresolved %s', (_, lookup) => {
    const hints = [hint({ phones: ['p1'], ...lookup })];
    const ids = ['p1', ...(lookup.servers ?? []), ...(lookup.others ?? [])];
    const waits = [Object.fromEntries(ids.map((id) => [id, 'not_fetched']))];
    expect(after(HOUR, { hints })).toEqual({ requests: [], waits });
  });

  it.each<[string, Partial<Lookup>, Partial<World>]>([
    ['phone', { others: ['p1'] }, { phones: { p1: phone('p1') } }],
    ['server', { others: ['s1'] }, { phones: { s1: null }, servers: { s1: [phone('p1')] } }],
  ])('requests the phones of an id that turned out to be a %s', (_, lookup, world) => {
    expect(after(5 * MINUTE, { hints: [hint(lookup)], ...world })).toEqual(requested);
  });
});
