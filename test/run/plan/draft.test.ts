import { describe, expect, it } from 'vitest';
import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import type { RunRequest } from '../../../lib/ledger/run/request.ts';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { draftPlan, failedDraft, startDraft } from '../../../lib/run/plan/draft.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { policyText } from '../../support/policy-text.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { runScene } from '../../support/run-scene.ts';

const RUN = 'nightly-20260102t183000z';
const SLOT = '20260102T183000Z';
const request: RunRequest = {
  ...{ run_id: RUN, policy: 'nightly', trigger: 'timer', slot: SLOT },
};

type Options = {
  phones?: string[];
  until?: number;
  tagged?: string[];
  listPhones?: Cph['listPhones'];
  fails?: Error;
};

/** Drafts a run of the policy with `changes` over `fleetPhones`; a page takes a second to read. `fails` is the error of the bucket. */
async function draft(
  fleetPhones: Phone[],
  changes: Record<string, string | undefined> = {},
  { phones, until = Infinity, tagged = [], listPhones, fails }: Options = {},
) {
  const text = policyText('nightly', changes);
  const parsed = parsePolicy(text, { fileName: 'nightly.yaml' });
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join());
  const { cph, calls } = fleet(fleetPhones, tagged);
  const read = listPhones ?? cph.listPhones;
  const { clock, deps } = runScene({
    ...cph,
    listPhones: (page) => (clock.move(1_000), read(page)),
  });
  const listings: unknown[][] = [];
  const { list } = deps.archives;
  const archives: typeof deps.archives = {
    ...deps.archives,
    list: (...of) => {
      listings.push([...of, calls.length]);
      return fails === undefined ? list(...of) : Promise.reject(fails);
    },
  };
  const base = startDraft({ ...request, ...(phones === undefined ? {} : { phones }) }, T0);
  const policy = { policy: parsed.policy, text, etag: 'e1' };
  const drafted = await draftPlan({ ...deps, archives }, base, policy, { requestedAt: T0, until });
  return { drafted, text, calls, listings };
}

const ends = (drafted: Awaited<ReturnType<typeof draft>>['drafted']) =>
  drafted?.phones.map(({ phone_id, waiting, verdict }) => [phone_id, waiting, verdict]);
const failed = (reason: string) => ({ outcome: 'failed', reason });

describe('startDraft', () => {
  const empty = { started_at: T0, listing_complete: true, selected: 0 };

  it('uses the slot of the request', () => {
    expect(startDraft(request, T0)).toEqual({ request, slot: SLOT, ...empty });
  });

  it('uses the current time when the request has no slot', () => {
    const byHand: RunRequest = {
      ...{ run_id: 'nightly-1', policy: 'nightly', trigger: 'manual' },
    };
    expect(startDraft(byHand, T0)).toEqual({
      ...{ request: byHand, slot: '20260102T023000Z', ...empty },
    });
  });
});

describe('failedDraft', () => {
  it('has the failure and no phones', () => {
    const base = startDraft(request, T0);
    expect(failedDraft(base, 'policy_gone', 'it is gone')).toEqual({
      plan: { ...base, failure: { code: 'policy_gone', message: 'it is gone' } },
      phones: [],
    });
  });
});

describe('draftPlan', () => {
  it('contains the phones in submission order, the terms and the policy', async () => {
    const fleetPhones = [phone('b'), phone('a'), phone('c', { server_id: 's0' }), phone('other')];
    const { drafted, text } = await draft(
      fleetPhones.map((one) => (one.phone_id === 'other' ? { ...one, phone_name: 'x' } : one)),
    );
    expect(drafted).toEqual({
      plan: {
        ...{ request, slot: SLOT, started_at: T0 + 1_000, listing_complete: true, selected: 3 },
        policy: { etag: 'e1', text },
        terms: {
          ...{ include: ['/data/data'], exclude: [], bucket: 'my-phone-backups' },
          ...{ folder: 'nightly/20260103', deadline: 120 * MINUTE, export_timeout: 60 * MINUTE },
          ...{ wait_for_phones: 10 * MINUTE, max_in_flight_per_server: 'auto', attempts: 2 },
          notify: { when: 'always', language: 'en', timezone: 'Asia/Shanghai' },
        },
      },
      phones: [phone('c', { server_id: 's0' }), phone('a'), phone('b')],
      asOf: T0,
      listed: 4,
    });
  });

  it('copies all terms from the policy', async () => {
    const { drafted } = await draft([], {
      schedule: undefined,
      export:
        '{ include: [/data/data], exclude: [/data/data/x], bucket: other, object_path: "x/{slot}/{date}/{policy}" }',
      deadline: '3h',
      export_timeout: '20m',
      wait_for_phones: '5m',
      max_in_flight_per_server: '2',
      retry: '{ attempts: 3 }',
      notify: '{ when: change, language: zh }',
    });
    expect(drafted?.plan.terms).toEqual({
      ...{ include: ['/data/data'], exclude: ['/data/data/x'], bucket: 'other' },
      ...{ folder: `x/${SLOT}/20260102/nightly`, deadline: 180 * MINUTE },
      ...{ export_timeout: 20 * MINUTE, wait_for_phones: 5 * MINUTE },
      ...{ max_in_flight_per_server: 2, attempts: 3 },
      notify: { when: 'change', language: 'zh', timezone: 'UTC' },
    });
  });

  it('lets phones in a temporary state wait, and skips those in a lasting one', async () => {
    const states = ['running', 'stopping', 'stopped', 'unknown_99'] as const;
    const fleetPhones = states.map((status, n) => phone(`p${n}`, { status }));
    const { drafted } = await draft(fleetPhones);
    expect(ends(drafted)).toEqual([
      ['p0', undefined, undefined],
      ['p1', true, undefined],
      ['p2', undefined, { outcome: 'skipped', reason: 'stopped' }],
      ['p3', undefined, { outcome: 'skipped', reason: 'unknown_99' }],
    ]);
    expect(drafted?.plan.selected).toBe(4);
  });

  it('fails phones that the policy names and CPH does not list', async () => {
    const { drafted } = await draft([phone('b')], { select: '{ phones: [gone, b] }' });
    expect(drafted?.phones).toEqual([
      phone('b'),
      {
        ...{ phone_id: 'gone', phone_name: '', server_id: '', status: 'unknown' },
        verdict: failed('not_found'),
      },
    ]);
  });

  it('selects only phones on servers with the tags of the policy', async () => {
    const fleetPhones = [phone('a'), phone('b', { server_id: 's2' })];
    const { drafted } = await draft(
      fleetPhones,
      { select: '{ server_tags: { env: [prod] } }' },
      { tagged: ['s2'] },
    );
    expect(ends(drafted)?.map(([id]) => id)).toEqual(['b']);
  });

  it.each([
    ['read one by one', 0],
    ['read from the fleet', 20],
  ])('narrows the selection to the phones of the request, %s', async (_, more) => {
    const many = Array.from({ length: more }, (__, n) => phone(`m${n + 10}`));
    const ids = many.map(({ phone_id }) => phone_id);
    const fleetPhones = [
      phone('a'),
      phone('b'),
      phone('c'),
      phone('alien', { phone_name: 'x' }),
      ...many,
    ];
    const max = `{ name: "game-*", max_phones: ${more + 2} }`;
    const { drafted, calls } = await draft(
      fleetPhones,
      { select: max },
      { phones: ['a', 'b', 'alien', 'gone', 'gone', ...ids] },
    );
    expect(drafted?.plan).toMatchObject({ selected: more + 4 });
    expect(drafted?.plan.failure).toBeUndefined();
    expect(ends(drafted)).toEqual([
      ...['a', 'b', ...ids].map((id) => [id, undefined, undefined]),
      ['alien', undefined, failed('not_in_policy')],
      ['gone', undefined, failed('not_found')],
    ]);
    expect(calls[0]).toBe(more === 0 ? 'show a' : 'list all 0');
  });

  it('distinguishes phones that CPH does not list from those that the policy does not name', async () => {
    const { drafted } = await draft(
      [phone('a')],
      { select: '{ phones: [gone, lost] }' },
      { phones: ['a', 'gone'] },
    );
    expect(ends(drafted)).toEqual([
      ['gone', undefined, failed('not_found')],
      ['a', undefined, failed('not_in_policy')],
    ]);
  });

  it('fails a run of more phones than max_phones', async () => {
    const { drafted } = await draft([phone('a'), phone('b'), phone('c')], {
      select: '{ name: "*", max_phones: 2 }',
    });
    const message = 'the policy selects 3 phones, more than max_phones (2)';
    const base = startDraft(request, T0);
    expect(drafted).toEqual({ ...failedDraft(base, 'too_many_phones', message), asOf: T0 });
  });

  it('returns undefined when reading the fleet takes too long', async () => {
    expect((await draft([phone('a')], {}, { until: T0 })).drafted).toBeUndefined();
  });

  it('says when the list was incomplete', async () => {
    let next = 0;
    const listPhones: Cph['listPhones'] = async ({ limit }) => ({
      count: 300,
      phones: Array.from({ length: limit }, () => phone(`p${(next += 1)}`)),
    });
    const { drafted } = await draft([], {}, { listPhones });
    expect(drafted?.plan.listing_complete).toBe(false);
  });
});

describe('the bucket of the archives', () => {
  const denied = (code: ErrorCode) =>
    new ServiceError(code, 'no', { service: 'obs', operation: 'list', carriedOut: 'no' });

  it('is listed in the folder of the run, before any phone is read', async () => {
    const { listings } = await draft([phone('a')]);
    const folder = `nightly/20260103/${RUN}/`;
    expect(listings).toEqual([['my-phone-backups', folder, { max: 1 }, 0]]);
  });

  it.each<[ErrorCode, string]>([
    [
      'bucket_missing',
      'bucket my-phone-backups does not exist in this region: create it, or fix export.bucket',
    ],
    ['access_denied', 'the agency has no permission to list bucket my-phone-backups'],
  ])('fails the run with %s, and no phone is read', async (code, message) => {
    const { drafted, calls } = await draft([phone('a')], {}, { fails: denied(code) });
    expect(drafted).toEqual(failedDraft(startDraft(request, T0), code, message));
    expect(calls).toEqual([]);
  });

  it.each([
    ['temporary errors of the service', denied('throttled')],
    ['errors that are not a service error', new PhonevaultError('access_denied', 'no')],
  ])('throws %s', async (_, fails) => {
    await expect(draft([phone('a')], {}, { fails })).rejects.toBe(fails);
  });
});
