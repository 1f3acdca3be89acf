import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import { readLookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import type { OpenFirstBackup } from '../../../lib/run/first-backup/decide.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { requestSweep, sweep } from '../../../lib/run/first-backup/sweep.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { listening } from '../../support/listening.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Options = Parameters<typeof sweep>[2];

const HOUR = 60 * MINUTE;
const MARGIN = 15 * MINUTE;
const BASELINE = T0 - HOUR;

const born = (id: string, at: number | undefined, changes: Partial<Phone> = {}): Phone =>
  phone(id, { ...(at === undefined ? {} : { created_at: at }), ...changes });
/** So many phones, newest first, the newest created at `at` and each other a second before the one ahead of it. */
const litter = (count: number, at = T0): Phone[] =>
  Array.from({ length: count }, (_, n) => born(`p${String(9999 - n)}`, at - n * 1000));
const giver = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newborn', since: 0, lastRequested: {}, selects: () => true },
  ...changes,
});
const asking = (id: string): OpenFirstBackup => ({
  ...{
    policy: 'newborn',
    requestedAt: T0,
    requested: new Set([id]),
    inProgress: new Set<string>(),
  },
});

function scene(phones: Phone[], state: Partial<Provisioning> = {}) {
  const { deps, clock, store, lines } = listening();
  const project = fleet(phones);
  const full: Provisioning = { policies: {}, ...state };
  return {
    ...{ clock, lines, state: full },
    ...project,
    sweep: (options: Partial<Options> = {}) =>
      sweep({ ...deps, cph: project.cph }, full, {
        ...{ policies: [giver()], open: [], expected: new Set<string>() },
        ...{ baseline: BASELINE, until: Number.POSITIVE_INFINITY },
        ...options,
      }),
    /** The phones of each hint that was dropped. */
    dropped: async () => {
      const listed = await store.list(layout.hints);
      const ids = listed.map(({ key }) => key.slice(layout.hints.length, -'.json'.length));
      const lookups = await Promise.all(ids.map((id) => readLookup(store, id)));
      return lookups.map((found) => found?.lookup);
    },
  };
}

describe('sweep', () => {
  it('drops a hint for new phones, says so, and ends at a page that has them all', async () => {
    const { sweep, dropped, lines, state, calls } = scene([
      born('p2', T0 - MINUTE),
      born('p1', T0 - 2 * MINUTE),
      born('p0', BASELINE - HOUR),
    ]);
    expect(await sweep()).toEqual({ found: 2, newest: T0 - MINUTE, ended: true });
    expect(await dropped()).toEqual([
      {
        ...{ change: 'discovered' },
        ...{ phones: ['p1', 'p2'], servers: [], others: [] },
      },
    ]);
    expect(lines).toEqual([['info', 'new_phones_found', { phones: 2 }]]);
    expect(state).toEqual({ policies: {}, horizon: T0, swept_at: T0 });
    expect(calls).toEqual(['list all 0']);
  });

  it('drops the same hint for the same phones, in whatever order they are listed', async () => {
    const { sweep, dropped, phones } = scene([born('p1', T0), born('p2', T0)]);
    await sweep();
    phones.reverse();
    await sweep();
    expect(await dropped()).toHaveLength(1);
    phones.push(born('p3', T0));
    await sweep();
    expect(await dropped()).toHaveLength(2);
  });

  it.each<[string, Phone, Partial<Options>, boolean]>([
    ['was created since the horizon', born('p1', BASELINE), {}, true],
    ['may have been listed late', born('p1', BASELINE - MARGIN), {}, true],
    ['was created before', born('p1', BASELINE - MARGIN - 1000), {}, false],
    ['nobody knows the age of', born('p1', undefined), {}, false],
    ['hints name already', born('p1', T0), { expected: new Set(['p1']) }, false],
    ['no policy wants', born('p1', T0), { policies: [giver({ selects: () => false })] }, false],
    [
      'is not new to the policy',
      born('p1', T0),
      { policies: [giver({ since: T0 + HOUR })] },
      false,
    ],
    [
      'had its first backup',
      born('p1', T0),
      { policies: [giver({ lastRequested: { p1: 1 } })] },
      false,
    ],
    ['a run asks for', born('p1', T0), { open: [asking('p1')] }, false],
    [
      'one policy of two wants',
      born('p1', T0),
      { policies: [giver({ selects: () => false }), giver({ name: 'nightly' })] },
      true,
    ],
  ])('minds whether a hint is due for a phone that %s', async (_, one, options, isFound) => {
    const { sweep, dropped, lines } = scene([one]);
    expect(await sweep(options)).toMatchObject({ found: isFound ? 1 : 0, ended: true });
    expect(await dropped()).toHaveLength(isFound ? 1 : 0);
    expect(lines).toHaveLength(isFound ? 1 : 0);
  });

  it('begins where the last one began', async () => {
    const horizon = T0 - 10 * MINUTE;
    const { sweep, state, clock } = scene(
      [born('p1', horizon - MARGIN), born('p0', horizon - MARGIN - 1000)],
      { horizon },
    );
    clock.move(MINUTE);
    expect(await sweep()).toMatchObject({ found: 1 });
    expect(state).toMatchObject({ horizon: T0 + MINUTE, swept_at: T0 + MINUTE });
  });

  it('reads on, with a phone of overlap, until a page shows nothing new', async () => {
    const { sweep, dropped, calls } = scene([...litter(150), ...litter(300, BASELINE - HOUR)]);
    expect(await sweep()).toMatchObject({ found: 150, newest: T0, ended: true });
    expect(calls).toEqual(['list all 0', 'list all 99', 'list all 198']);
    const sizes = (await dropped()).map((lookup) => lookup?.phones.length ?? 0);
    expect(sizes.sort((a, b) => a - b)).toEqual([50, 100]);
  });

  it('reads on after a page of phones right at the horizon', async () => {
    const at = BASELINE - MARGIN;
    const { sweep } = scene(Array.from({ length: 150 }, (_, n) => born(`p${n}`, at)));
    expect(await sweep()).toMatchObject({ found: 150, ended: true });
  });

  it('ends at the end of the list, though all are new', async () => {
    const { sweep, calls } = scene(litter(199));
    expect(await sweep()).toMatchObject({ found: 199, ended: true });
    expect(calls).toEqual(['list all 0', 'list all 99']);
  });

  it('takes a page of phones of no known age for one that shows nothing new', async () => {
    const nobody = Array.from({ length: 250 }, (_, n) => born(`q${n}`, undefined));
    const { sweep, calls } = scene(nobody);
    expect(await sweep()).toEqual({ found: 0, newest: undefined, ended: true });
    expect(calls).toEqual(['list all 0']);
  });

  it('tells the age of the newest phone whose age is known', async () => {
    const { sweep } = scene([born('p3', undefined), ...litter(120)]);
    expect(await sweep()).toMatchObject({ newest: T0 });
  });

  it('looks at twenty pages at a time and goes on where it was', async () => {
    const { sweep, state, calls, clock } = scene(litter(2150), { horizon: 0 });
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

  it('looks at nothing when its time is up', async () => {
    const { sweep, state, calls } = scene(litter(3));
    expect(await sweep({ until: T0 })).toEqual({ found: 0, newest: undefined, ended: false });
    expect(calls).toEqual([]);
    expect(state.sweeping).toEqual({ started_at: T0, offset: 0 });
  });

  it('stops where its time ends', async () => {
    const { sweep, calls, clock, cph } = scene(litter(450));
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
  const wanting = { nightly: cursor(), newborn: cursor({ on_provisioned: true, active: false }) };

  it('writes a hint every 15 minutes while a policy has on_provisioned', async () => {
    const { deps, clock, hints } = listening(SLOT);
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
    const { deps, hints } = listening(SLOT);
    expect(await requestSweep(deps, cursors, 7)).toBe(7);
    expect(await hints()).toEqual([]);
  });
});
