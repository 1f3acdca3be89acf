import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import { type ErrorCode, ServiceError } from '../../../lib/errors.ts';
import {
  type Inventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/fleet/inventory.ts';
import { initialLimits, writeLimits } from '../../../lib/ledger/state/limits.ts';
import { PolicyInvalid } from '../../../lib/run/state/read-policy.ts';
import { type PreviewRequest, previewRun } from '../../../lib/run/plan/preview.ts';
import { previewSchema } from '../../../lib/run/query/schemas/preview.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { policyText } from '../../support/policy-text.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { runScene } from '../../support/run-scene.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const FOLDER = 'nightly/20260102/nightly-20260102t023000z';
const ZONE = '{ cron: "0 30 2 * * *", timezone: UTC }';

const text = (changes: Record<string, string> = {}) =>
  policyText('nightly', { schedule: ZONE, ...changes });

/** Previews nightly over these phones, in a read-only ledger. */
function scene(phones: Phone[]) {
  const { cph, calls } = fleet(phones);
  const { clock, store, deps } = runScene(cph);
  const fails: { cph?: Error; list?: Error } = {};
  const listPhones: typeof cph.listPhones = (page) =>
    fails.cph === undefined ? cph.listPhones(page) : Promise.reject(fails.cph);
  const list: typeof deps.archives.list = (...of) =>
    fails.list === undefined ? deps.archives.list(...of) : Promise.reject(fails.list);
  const own = {
    ...{ ...deps, store: recordReads(store), cph: { ...cph, listPhones } },
    archives: { ...deps.archives, list },
  };
  const preview = (request: Partial<PreviewRequest> = {}, until = Infinity) =>
    previewRun(own, { policy: 'nightly', text: text(), ...request }, until);
  return { clock, store, calls, fails, preview, deps: own };
}

const refused = (code: ErrorCode, message = 'no') =>
  new ServiceError(code, message, { service: 'cph', operation: 'x', carriedOut: 'no' });

describe('previewRun', () => {
  it('shows what a run would do with each phone, and writes nothing', async () => {
    const seen = [['a', 'running'] as const, ['b', 'stopping'] as const, ['c', 'stopped'] as const];
    const { preview } = scene(seen.map(([id, status]) => phone(id, { status })));
    const select = '{ phones: [a, b, c, gone] }';
    const whole = '{ include: [/data/data], exclude: [/data/data/x], bucket: my-phone-backups }';
    const found = await preview({ text: text({ select, export: whole }) });
    const of = (phone_id: string) => ({ phone_id, phone_name: `game-${phone_id}` });
    expect(found).toStrictEqual({
      ...{ policy: 'nightly', slot: '20260102T023000Z', as_of: new Date(T0).toISOString() },
      listing_complete: true,
      ...{ bucket: 'my-phone-backups', folder: FOLDER },
      ...{ include: ['/data/data'], exclude: ['/data/data/x'] },
      fleet: 3,
      counts: { selected: 4, export: 1, wait: 1, skip: 1, fail: 1 },
      calls: { export_calls: 1, phones_per_call: 10, calls_per_minute: 8, learned: false },
      estimate: {
        ...{ ms: 0, export_ms: null, limited_by: 'calls' },
        ...{ deadline_ms: 120 * MINUTE, meets_deadline: true },
      },
      phones: [
        { ...of('a'), server_id: 's1', plan: 'export', key: `${FOLDER}/a-1.tar` },
        { ...of('b'), server_id: 's1', plan: 'wait', reason: 'stopping', key: `${FOLDER}/b-1.tar` },
        { ...of('c'), server_id: 's1', plan: 'skip', reason: 'stopped' },
        { phone_id: 'gone', phone_name: '', server_id: '', plan: 'fail', reason: 'not_found' },
      ],
    });
    expect(previewSchema.parse(found)).toEqual(found);
  });

  it('is for the requested slot', async () => {
    const found = await scene([phone('a')]).preview({ slot: T0 + 24 * 60 * MINUTE });
    expect(found).toMatchObject({
      slot: '20260103T023000Z',
      folder: 'nightly/20260103/nightly-20260103t023000z',
      phones: [{ key: 'nightly/20260103/nightly-20260103t023000z/a-1.tar' }],
    });
  });

  it('is for the requested phones', async () => {
    const found = await scene([phone('a'), phone('b')]).preview({ phones: ['b', 'gone'] });
    expect(found?.phones.map(({ phone_id, plan, reason }) => [phone_id, plan, reason])).toEqual([
      ['b', 'export', undefined],
      ['gone', 'fail', 'not_found'],
    ]);
  });

  it('counts calls and time of the phones to send, with the learned limits', async () => {
    const stopped = phone('d', { status: 'stopped' });
    const elsewhere = phone('c', { server_id: 's2' });
    const { preview, store } = scene([phone('a'), phone('b'), elsewhere, stopped]);
    const learned = { phones_per_call: 2, calls_per_minute: 1, export_ms: 90_000 };
    await writeLimits(store, { ...initialLimits, ...learned });
    const found = await preview({ text: text({ max_in_flight_per_server: '1' }) });
    expect(found?.calls).toEqual({
      ...{ export_calls: 2, phones_per_call: 2, calls_per_minute: 1, learned: true },
    });
    expect(found?.estimate).toMatchObject({ ms: 2 * 90_000, limited_by: 'servers' });
  });

  it.each<[string, Record<string, string>, { cph?: Error; list?: Error }, string]>([
    ['too_many_phones', { select: '{ name: "*", max_phones: 1 }' }, {}, 'more than max_phones (1)'],
    [
      'bucket_missing',
      {},
      { list: refused('bucket_missing') },
      'bucket my-phone-backups does not exist',
    ],
    ['access_denied', {}, { cph: refused('access_denied', 'm'.repeat(301)) }, 'm'.repeat(300)],
  ])('shows %s as the reason why the run would fail', async (code, changes, failures, message) => {
    const { preview, fails } = scene([phone('a'), phone('b')]);
    Object.assign(fails, failures);
    const found = await preview({ text: text(changes) });
    expect(found).toEqual({
      ...{ policy: 'nightly', slot: '20260102T023000Z', as_of: new Date(T0).toISOString() },
      failure: { code, message: expect.stringContaining(message) as string },
      ...{ listing_complete: true, phones: [] },
      counts: { selected: 0, export: 0, wait: 0, skip: 0, fail: 0 },
    });
    expect(found?.failure?.message.length).toBeLessThanOrEqual(300);
  });

  it('throws temporary errors', async () => {
    const { preview, fails } = scene([phone('a')]);
    fails.cph = refused('unreachable');
    await expect(preview()).rejects.toBe(fails.cph);
  });

  it.each([
    ['is invalid', 'name: nightly\n', ['select', 'export']],
    ['has another name than its file', policyText('weekly'), ['name']],
    [
      'writes archives into the ledger',
      text({ export: '{ include: [/data/data], bucket: ledger, object_path: vault/x }' }),
      ['export.object_path'],
    ],
  ])('throws the errors of a policy that %s', async (_, wrong, paths) => {
    const { preview, calls } = scene([phone('a')]);
    const error: unknown = await preview({ text: wrong }).catch((reason: unknown) => reason);
    if (!(error instanceof PolicyInvalid)) throw new Error('not rejected as invalid');
    expect(error.message).toContain('policy nightly is invalid');
    expect(error.errors.map(({ path }) => path)).toEqual(paths);
    expect(calls).toEqual([]);
  });
});

describe('previewRun, by its inventory', () => {
  const DAY = 24 * 60 * MINUTE;

  /** A reading of one phone, a day old. */
  const known = (changes: Partial<Inventory> = {}): Inventory => ({
    ...startInventory(T0 - DAY, undefined),
    ...{ finished_at: T0 - DAY + 1, phones: [phone('old')] },
    ...changes,
  });
  const ids = (found: Awaited<ReturnType<typeof previewRun>>) =>
    found?.phones.map(({ phone_id }) => phone_id);

  it('reads the fleet when there is time, and returns undefined when there is none', async () => {
    const { preview, store, calls } = scene([phone('a')]);
    await saveInventory(store, known());
    expect(ids(await preview())).toEqual(['a']);
    expect(calls).toEqual(['list all 0']);
    expect(await scene([phone('a')]).preview({}, T0)).toBeUndefined();
  });

  it('uses the last finished reading of drive, of any age, for `known`', async () => {
    const { preview, store, calls } = scene([phone('a')]);
    await saveInventory(store, known({ complete: false }));
    const found = await preview({ inventory: 'known' });
    expect(ids(found)).toEqual(['old']);
    expect(found).toMatchObject({
      ...{ as_of: new Date(T0 - DAY).toISOString(), listing_complete: false },
    });
    expect(calls).toEqual([]);
  });

  it('returns undefined for `known` when drive has finished no reading', async () => {
    const { preview, store, calls } = scene([phone('a')]);
    expect(await preview({ inventory: 'known' })).toBeUndefined();
    await saveInventory(store, { ...startInventory(T0 - DAY, undefined), phones: [phone('old')] });
    expect(await preview({ inventory: 'known' })).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it('is as of its start at the latest', async () => {
    const { deps, clock } = scene([phone('a')]);
    const { list } = deps.archives;
    const slow: typeof list = (...of) => (clock.move(MINUTE), list(...of));
    const request = { policy: 'nightly', text: text() };
    const archives = { ...deps.archives, list: slow };
    const found = await previewRun({ ...deps, archives }, request, Infinity);
    expect(found?.as_of).toBe(new Date(T0).toISOString());
  });
});

describe('previewRun, while drive uses the reads of the account', () => {
  async function busy() {
    const world = await night({ phones: 20, servers: 1, seed: 3, limits: { readsPerMinute: 20 } });
    await world.putPolicy(NIGHTLY);
    const { deps } = world.invocation();
    const recent = Array.from({ length: 20 }, () => world.clock.now());
    const known = { refused_rate: 21, throttled_at: world.clock.now() };
    const reads = { calls_per_minute: 20, blocked_until: 0, recent, ...known };
    await writeLimits(deps.store, { ...initialLimits, reads });
    const request = { policy: 'nightly', text: NIGHTLY };
    const sent = () => world.cloud.control.calls().cph?.['list-phones'];
    return { world, sent, preview: (until: number) => previewRun(deps, request, until) };
  }

  it('waits for its share of them', async () => {
    const { world, preview, sent } = await busy();
    const startedAt = world.clock.now();
    expect((await preview(startedAt + 5 * MINUTE))?.counts.selected).toBe(20);
    expect(world.clock.now() - startedAt).toBeGreaterThan(MINUTE);
    expect(sent()?.refused ?? 0).toBe(0);
  });

  it('returns undefined when that takes too long', async () => {
    const { world, preview, sent } = await busy();
    expect(await preview(world.clock.now() + MINUTE / 2)).toBeUndefined();
    expect(sent()?.ok ?? 0).toBe(0);
  });
});

describe('previewRun, before a real run', () => {
  it('has the phones, order and keys of the run that follows', async () => {
    const world = await night({ phones: 20, servers: 1, seed: 3 });
    await world.putPolicy(NIGHTLY);
    const { deps } = world.invocation();
    const request = { policy: 'nightly', text: NIGHTLY, slot: world.clock.now() };
    const preview = await previewRun(deps, request, world.clock.now() + MINUTE);
    expect(world.exports).toEqual([]);
    const runId = await world.requestRun();
    const { phones } = await world.settle(runId);
    const planned = await readPlan(deps.store, runId);

    expect(preview?.phones.map(({ phone_id }) => phone_id)).toEqual(
      planned?.phones.map(({ phone_id }) => phone_id),
    );
    expect(preview?.slot).toBe(planned?.plan.slot);
    const keys = new Map(preview?.phones.map(({ phone_id, key }) => [phone_id, key]));
    const exported = phones.filter(
      ({ outcome, attempts }) => outcome === 'exported' && attempts === 1,
    );
    expect(exported.length).toBeGreaterThan(10);
    for (const { phone_id, key } of exported) expect(keys.get(phone_id)).toBe(key);
  });
});
