import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import { readLookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import type { OpenFirstBackup } from '../../../lib/run/first-backup/covered.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { requestSweep, sweep } from '../../../lib/run/first-backup/sweep.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Options = Parameters<typeof sweep>[2];

const HOUR = 60 * MINUTE;
const MARGIN = 15 * MINUTE;
const BASELINE = T0 - HOUR;

const created = (id: string, at: number | undefined, changes: Partial<Phone> = {}): Phone =>
  phone(id, { ...(at === undefined ? {} : { created_at: at }), ...changes });
/** Phones, newest first, created a second apart, the newest at `at`. */
const phonesFrom = (count: number, at = T0): Phone[] =>
  Array.from({ length: count }, (_, n) => created(`p${String(9999 - n)}`, at - n * 1000));
const policyOf = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newphones', since: 0, lastRequested: {}, selects: () => true },
  ...changes,
});
const requestedFor = (id: string): OpenFirstBackup => ({
  ...{
    policy: 'newphones',
    requestedAt: T0,
    requested: new Set([id]),
    inProgress: new Set<string>(),
  },
});

function scene(phones: Phone[], state: Partial<Provisioning> = {}) {
  const { deps, clock, store, lines } = inboxScene();
  const project = fleet(phones);
  const full: Provisioning = { policies: {}, ...state };
  return {
    ...{ clock, lines, state: full },
    ...project,
    sweep: (options: Partial<Options> = {}) =>
      sweep({ ...deps, cph: project.cph }, full, {
        ...{ policies: [policyOf()], open: [], expected: new Set<string>() },
        ...{ baseline: BASELINE, until: Number.POSITIVE_INFINITY },
        ...options,
      }),
    /** The content of each stored hint. */
    stored: async () => {
      const listed = await store.list(layout.hints);
      const ids = listed.map(({ key }) => key.slice(layout.hints.length, -'.json'.length));
      const lookups = await Promise.all(ids.map((id) => readLookup(store, id)));
      return lookups.map((found) => found?.lookup);
    },
  };
}

describe('sweep', () => {
  it('stores a hint for new phones, logs their number, and ends at a page with an older phone', async () => {
    const { sweep, stored, lines, state, calls } = scene([
      created('p2', T0 - MINUTE),
      created('p1', T0 - 2 * MINUTE),
      created('p0', BASELINE - HOUR),
    ]);
    expect(await sweep()).toEqual({ found: 2, newest: T0 - MINUTE, ended: true });
    expect(await stored()).toEqual([
      {
        ...{ change: 'discovered' },
        ...{ phones: ['p1', 'p2'], servers: [], others: [] },
      },
    ]);
    expect(lines).toEqual([['info', 'new_phones_found', { phones: 2 }]]);
    expect(state).toEqual({ policies: {}, horizon: T0, swept_at: T0 });
    expect(calls).toEqual(['list all 0']);
  });

  it('stores the same hint for the same phones, in whatever order they are listed', async () => {
    const { sweep, stored, phones } = scene([created('p1', T0), created('p2', T0)]);
    await sweep();
    phones.reverse();
    await sweep();
    expect(await stored()).toHaveLength(1);
    phones.push(created('p3', T0));
    await sweep();
    expect(await stored()).toHaveLength(2);
  });

  it.each<[string, Phone, Partial<Options>, boolean]>([
    ['was created since the horizon', created('p1', BASELINE), {}, true],
    [
      'was created up to 15 minutes earlier and listed late',
      created('p1', BASELINE - MARGIN),
      {},
      true,
    ],
    ['was created earlier than that', created('p1', BASELINE - MARGIN - 1000), {}, false],
    ['has an unknown age', created('p1', undefined), {}, false],
    ['a hint names already', created('p1', T0), { expected: new Set(['p1']) }, false],
    [
      'no policy selects',
      created('p1', T0),
      { policies: [policyOf({ selects: () => false })] },
      false,
    ],
    [
      'is not new to the policy',
      created('p1', T0),
      { policies: [policyOf({ since: T0 + HOUR })] },
      false,
    ],
    [
      'had its first backup',
      created('p1', T0),
      { policies: [policyOf({ lastRequested: { p1: 1 } })] },
      false,
    ],
    ['an open run was requested for', created('p1', T0), { open: [requestedFor('p1')] }, false],
    [
      'one policy of two selects',
      created('p1', T0),
      { policies: [policyOf({ selects: () => false }), policyOf({ name: 'nightly' })] },
      true,
    ],
  ])(
    'stores a hint only for a new phone without one: a phone that %s',
    async (_, one, options, isFound) => {
      const { sweep, stored, lines } = scene([one]);
      expect(await sweep(options)).toMatchObject({ found: isFound ? 1 : 0, ended: true });
      expect(await stored()).toHaveLength(isFound ? 1 : 0);
      expect(lines).toHaveLength(isFound ? 1 : 0);
    },
  );

  it('reads phones created since the last sweep began', async () => {
    const horizon = T0 - 10 * MINUTE;
    const { sweep, state, clock } = scene(
      [created('p1', horizon - MARGIN), created('p0', horizon - MARGIN - 1000)],
      { horizon },
    );
    clock.move(MINUTE);
    expect(await sweep()).toMatchObject({ found: 1 });
    expect(state).toMatchObject({ horizon: T0 + MINUTE, swept_at: T0 + MINUTE });
  });

  it('reads pages that overlap by one phone, until a page shows nothing new', async () => {
    const { sweep, stored, calls } = scene([
      ...phonesFrom(150),
      ...phonesFrom(300, BASELINE - HOUR),
    ]);
    expect(await sweep()).toMatchObject({ found: 150, newest: T0, ended: true });
    expect(calls).toEqual(['list all 0', 'list all 99', 'list all 198']);
    const sizes = (await stored()).map((lookup) => lookup?.phones.length ?? 0);
    expect(sizes.sort((a, b) => a - b)).toEqual([50, 100]);
  });

  it('reads the next page after a page of phones created exactly at the horizon', async () => {
    const at = BASELINE - MARGIN;
    const { sweep } = scene(Array.from({ length: 150 }, (_, n) => created(`p${n}`, at)));
    expect(await sweep()).toMatchObject({ found: 150, ended: true });
  });

  it('ends at the end of the list even when all phones are new', async () => {
    const { sweep, calls } = scene(phonesFrom(199));
    expect(await sweep()).toMatchObject({ found: 199, ended: true });
    expect(calls).toEqual(['list all 0', 'list all 99']);
  });

  it('ends at a page of phones of unknown age', async () => {
    const nobody = Array.from({ length: 250 }, (_, n) => created(`q${n}`, undefined));
    const { sweep, calls } = scene(nobody);
    expect(await sweep()).toEqual({ found: 0, newest: undefined, ended: true });
    expect(calls).toEqual(['list all 0']);
  });

  it('returns the time of creation of the newest phone of known age', async () => {
    const { sweep } = scene([created('p3', undefined), ...phonesFrom(120)]);
    expect(await sweep()).toMatchObject({ newest: T0 });
  });

  it('reads at most 20 pages, and continues there in the next sweep', async () => {
    const { sweep, state, calls, clock } = scene(phonesFrom(2150), { horizon: 0 });
    expect(await sweep()).toMatchObject({ found: 1981, newest: T0, ended: false });
    expect(calls).toHaveLength(20);
    expect(state).toEqual({
      ...{ policies: {}, horizon: 0 },
      sweeping: { started_at: T0, offset: 20 * 99 },
    });
    clock.move(MINUTE);
    expect(await sweep()).toMatchObject({ ended: true });
    expect(calls.slice(20)).toEqual(['list all 1980', 'list all 2079']);
    expect(state).toEqual({ policies: {}, horizon: T0, swept_at: T0 + MINUTE });
  });

  it('reads nothing when its time is up', async () => {
    const { sweep, state, calls } = scene(phonesFrom(3));
    expect(await sweep({ until: T0 })).toEqual({ found: 0, newest: undefined, ended: false });
    expect(calls).toEqual([]);
    expect(state.sweeping).toEqual({ started_at: T0, offset: 0 });
  });

  it('stops when its time is up', async () => {
    const { sweep, calls, clock, cph } = scene(phonesFrom(450));
    const list = cph.listPhones;
    cph.listPhones = (query) => (clock.move(MINUTE), list(query));
    expect(await sweep({ until: T0 + 2 * MINUTE })).toMatchObject({ found: 199, ended: false });
    expect(calls).toHaveLength(2);
  });
});

describe('requestSweep', () => {
  const SLOT = Date.UTC(2026, 0, 2, 2, 30);
  const cursor = (changes: Partial<Cursor> = {}): Cursor => ({
    ...{ etag: 'e', active: true, handled_until: 0 },
    ...changes,
  });
  const wanting = { nightly: cursor(), newphones: cursor({ on_provisioned: true, active: false }) };

  it('writes a hint every 15 minutes while a policy has on_provisioned', async () => {
    const { deps, clock, hints } = inboxScene(SLOT);
    expect(await requestSweep(deps, wanting, undefined)).toBe(SLOT);
    expect(await hints()).toEqual(['sweep-202601020230']);
    await deps.store.remove(['open/hints/sweep-202601020230.json']);
    clock.move(15 * MINUTE - 1);
    expect(await requestSweep(deps, wanting, SLOT)).toBe(SLOT);
    expect(await hints()).toEqual([]);
    clock.move(1);
    expect(await requestSweep(deps, wanting, SLOT)).toBe(SLOT + 15 * MINUTE);
    expect(await hints()).toEqual(['sweep-202601020245']);
  });

  it.each([
    ['there is no policy', {}],
    [
      'no policy has on_provisioned',
      { nightly: cursor(), weekly: cursor({ on_provisioned: false }) },
    ],
  ])('writes nothing when %s', async (_, cursors) => {
    const { deps, hints } = inboxScene(SLOT);
    expect(await requestSweep(deps, cursors, 7)).toBe(7);
    expect(await hints()).toEqual([]);
  });
});
