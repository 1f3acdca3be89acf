import { describe, expect, it } from 'vitest';
import type { PhoneStatus } from '../../../lib/cloud/cph/phone-status.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { carefulLimits } from '../../../lib/ledger/state/limits.ts';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { type PreviewRequest, previewRun } from '../../../lib/run/plan/preview.ts';
import { previewSchema } from '../../../lib/run/query/schemas.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';

const MINUTE = 60_000;
const SLOT = Date.UTC(2026, 0, 2, 18, 30);

async function setUp(options: Parameters<typeof night>[0] = {}) {
  const world = await night({ phones: 30, servers: 3, seed: 3, ...options });
  await world.putPolicy(NIGHTLY);
  const { store } = world.invocation().deps;
  const preview = (
    ask: Partial<PreviewRequest> = {},
    change: (deps: RunDeps) => Partial<RunDeps> = () => ({}),
    until = world.clock.now() + MINUTE,
  ) => {
    const { deps } = world.invocation();
    const asked = { policy: 'nightly', text: NIGHTLY, ...ask };
    return previewRun({ ...deps, ...change(deps) }, asked, until);
  };
  return { world, store, preview };
}

async function everything({ invocation }: Night) {
  return (await invocation().deps.store.list('')).map(({ key, etag }) => [key, etag]);
}

const refusal = (code: 'access_denied' | 'unreachable') => async (): Promise<never> => {
  throw new ServiceError(code, 'refused', { service: 'cph', operation: 'x', carriedOut: 'no' });
};

describe('previewRun', () => {
  it('tells what the run then does: phones, order and keys', async () => {
    const { world, store, preview } = await setUp({ phones: 60 });
    const before = await preview({ slot: world.clock.now() });
    const runId = await world.ask();
    const { phones } = await world.settle(runId);
    const planned = await readPlan(store, runId);

    expect(before?.phones.map(({ phone_id }) => phone_id)).toEqual(
      planned?.phones.map(({ phone_id }) => phone_id),
    );
    expect(before?.slot).toBe(planned?.plan.slot);
    const keys = new Map(before?.phones.map(({ phone_id, key }) => [phone_id, key]));
    const exported = phones.filter(
      ({ outcome, attempts }) => outcome === 'exported' && attempts === 1,
    );
    expect(exported.length).toBeGreaterThan(40);
    for (const { phone_id, key } of exported) expect(keys.get(phone_id)).toBe(key);
    expect(previewSchema.parse(before)).toEqual(before);
  });

  it('writes nothing and asks for no export', async () => {
    const { world, preview } = await setUp();
    const before = await everything(world);
    expect((await preview())?.counts.selected).toBe(30);
    expect(await everything(world)).toEqual(before);
    expect(world.exports).toEqual([]);
  });

  it('tells phones that wait, are skipped or are not to be had apart, with the reason', async () => {
    const { preview } = await setUp();
    const states = ['running', 'creating', 'frozen'] as const;
    const phone = (id: string, status: PhoneStatus) => ({
      phone_id: id,
      phone_name: `game-${id}`,
      server_id: 's1',
      status,
    });
    const listed = states.map((status, n) => phone(`p${n}`, status));
    const found = await preview({ phones: ['p0', 'p1', 'p2', 'p9'], slot: SLOT }, ({ cph }) => ({
      cph: { ...cph, showPhone: async (id) => listed.find(({ phone_id }) => phone_id === id) },
    }));
    const folder = 'nightly/20260103/nightly-20260102t183000z';
    expect(
      found?.phones.map(({ phone_id, plan, reason, key }) => [phone_id, plan, reason, key]),
    ).toEqual([
      ['p0', 'export', undefined, `${folder}/p0-1.tar`],
      ['p1', 'wait', 'creating', `${folder}/p1-1.tar`],
      ['p2', 'skip', 'frozen', undefined],
      ['p9', 'fail', 'not_in_policy', undefined],
    ]);
    expect(found).toMatchObject({
      slot: '20260102T183000Z',
      bucket: 'phonevault-demo',
      folder,
      include: ['/data/data'],
      exclude: ['/data/data/com.example.cache'],
      counts: { selected: 4, export: 1, wait: 1, skip: 1, fail: 1 },
      calls: { export_calls: 1 },
    });
  });

  it('counts calls and time at the rate that was learned', async () => {
    const { world, store, preview } = await setUp();
    expect((await preview())?.calls).toMatchObject({ phones_per_call: 10, learned: false });
    expect((await preview())?.estimate).toMatchObject({ export_ms: null, limited_by: 'calls' });

    await world.settle(await world.ask());
    expect((await preview())?.estimate?.export_ms).toBeGreaterThan(0);

    const limits = { ...carefulLimits, phones_per_call: 4, calls_per_minute: 1, export_ms: 90_000 };
    await store.put(layout.limits, JSON.stringify(limits));
    const found = await preview();
    const sent = (found?.counts.export ?? 0) + (found?.counts.wait ?? 0);
    const calls = Math.ceil(sent / 4);
    expect(found?.calls).toEqual({
      export_calls: calls,
      phones_per_call: 4,
      calls_per_minute: 1,
      learned: true,
    });
    expect(found?.estimate).toEqual({
      ms: (calls - 1) * MINUTE + 90_000,
      export_ms: 90_000,
      limited_by: 'calls',
      deadline_ms: 120 * MINUTE,
      meets_deadline: true,
    });
  });

  it.each<[string, string, (deps: RunDeps) => Partial<RunDeps>]>([
    ['too_many_phones', NIGHTLY.replace('"*" }', '"*", max_phones: 3 }'), () => ({})],
    ['bucket_missing', NIGHTLY.replace('phonevault-demo', 'not-there'), () => ({})],
    [
      'access_denied',
      NIGHTLY,
      ({ cph }) => ({ cph: { ...cph, listPhones: refusal('access_denied') } }),
    ],
  ])('answers %s as a failure without phones', async (code, text, change) => {
    const { preview } = await setUp();
    const found = await preview({ text }, change);
    expect(found).toMatchObject({ failure: { code }, phones: [], counts: { selected: 0 } });
    expect(found?.estimate).toBeUndefined();
    expect(previewSchema.safeParse(found).success).toBe(true);
  });

  it('throws the faults of a policy, and failures that may pass', async () => {
    const { preview } = await setUp();
    await expect(preview({ text: 'name: nightly' })).rejects.toMatchObject({
      code: 'policy_invalid',
    });
    const down = preview({}, ({ cph }) => ({
      cph: { ...cph, listPhones: refusal('unreachable') },
    }));
    await expect(down).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('answers nothing when the fleet cannot be read in time', async () => {
    const { world, preview } = await setUp();
    expect(await preview({}, undefined, world.clock.now())).toBeUndefined();
  });

  it('takes the fleet as drive last read it, without asking CPH', async () => {
    const { world, preview } = await setUp();
    const known = () =>
      preview({ inventory: 'known' }, ({ cph }) => ({
        cph: { ...cph, listPhones: refusal('unreachable') },
      }));
    expect(await known()).toBeUndefined();
    const readAt = world.clock.now();
    await world.settle(await world.ask());
    world.clock.move(60 * MINUTE);
    const found = await known();
    expect(found?.counts.selected).toBe(30);
    expect(Date.parse(found?.as_of ?? '')).toBeLessThan(readAt + MINUTE);
    const fresh = await preview();
    expect(fresh?.as_of).toBe(new Date(world.clock.now()).toISOString());
  });
});
