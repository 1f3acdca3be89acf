import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import { requestFirstBackups } from '../../../lib/run/first-backup/request-runs.ts';
import { LeaseLost } from '../../../lib/errors.ts';
import { archiveOf } from '../../support/archives.ts';
import { type InboxScene, inboxScene } from '../../support/inbox-scene.ts';

const held = () => Promise.resolve(true);
const request = (phones: Record<string, number>, policy = 'newphones') => ({
  policy,
  phones: new Map(Object.entries(phones)),
});
const requested = async ({ store }: InboxScene): Promise<string[]> =>
  (await listOpen(store)).requests.map(({ runId }) => runId);
const phonesOf = async (world: InboxScene): Promise<(string[] | undefined)[]> =>
  Promise.all(
    (await requested(world)).map(async (id) => (await readRequest(world.store, id))?.phones),
  );

async function archived(world: InboxScene, phone_id: string, policy: string): Promise<void> {
  await addArchives(world.store, [archiveOf(phone_id, 1, { policy })]);
}

describe('requestFirstBackups', () => {
  it('requests a run of the phones, in order, and logs it', async () => {
    const world = inboxScene();
    expect(await requestFirstBackups(world.deps, [request({ p2: 0, p1: 7 })], held)).toBe(1);
    const [run = ''] = await requested(world);
    expect(await readRequest(world.store, run)).toEqual({
      ...{ run_id: run, policy: 'newphones' },
      ...{ trigger: 'provisioned', phones: ['p1', 'p2'] },
    });
    const fields = { run, policy: 'newphones', trigger: 'provisioned', phones: 2 };
    expect(world.lines).toEqual([['info', 'requested', fields]]);
  });

  it.each<[string, [Record<string, number>, string?], number]>([
    ['the same phones in another order', [{ p2: 7, p1: 0 }], 1],
    ['other phones', [{ p1: 0 }], 2],
    ['another generation of one', [{ p1: 0, p2: 8 }], 2],
    ['the same phones of another policy', [{ p1: 0, p2: 7 }, 'nightly'], 2],
  ])(
    'derives the run id from the policy, the phones and their generations: %s',
    async (_, again, runs) => {
      const world = inboxScene();
      await requestFirstBackups(world.deps, [request({ p1: 0, p2: 7 })], held);
      const count = await requestFirstBackups(world.deps, [request(...again)], held);
      expect(count).toBe(runs - 1);
      expect(await requested(world)).toHaveLength(runs);
      expect(world.lines).toHaveLength(runs);
    },
  );

  it('keeps the run ids stable, so that an update requests nothing twice', async () => {
    const world = inboxScene();
    await requestFirstBackups(world.deps, [request({ p1: 0, p2: 7 })], held);
    expect(await requested(world)).toEqual(['newphones-776ec3f8c841354025c357c0']);
  });

  it('requests no run that has a report', async () => {
    const world = inboxScene();
    await requestFirstBackups(world.deps, [request({ p1: 0 })], held);
    const [run = ''] = await requested(world);
    await world.store.put(layout.report(run), '{}');
    await world.store.remove([layout.request(run)]);
    expect(await requestFirstBackups(world.deps, [request({ p1: 0 })], held)).toBe(0);
    expect(await requested(world)).toEqual([]);
  });

  it('skips a new phone that already has an archive of the policy', async () => {
    const world = inboxScene();
    await archived(world, 'p1', 'newphones');
    await archived(world, 'p2', 'newphones');
    await archived(world, 'p3', 'nightly');
    expect(await requestFirstBackups(world.deps, [request({ p1: 0, p2: 7, p3: 0 })], held)).toBe(1);
    expect(await phonesOf(world)).toEqual([['p2', 'p3']]);
  });

  it('requests nothing, and checks no lease, when no phone is left', async () => {
    const world = inboxScene();
    await archived(world, 'p1', 'newphones');
    const refuse = () => Promise.reject(new Error('the lease was checked'));
    expect(await requestFirstBackups(world.deps, [request({ p1: 0 }), request({})], refuse)).toBe(
      0,
    );
    expect(await requested(world)).toEqual([]);
  });

  it('requests runs of up to 1,000 phones', async () => {
    const world = inboxScene();
    const many = Array.from({ length: 1001 }, (_, n) => [`p${1000 + n}`, 0] as const);
    const exact = Array.from({ length: 1000 }, (_, n) => [`q${1000 + n}`, 0] as const);
    const requests = [
      request(Object.fromEntries(many)),
      request(Object.fromEntries(exact), 'other'),
    ];
    expect(await requestFirstBackups(world.deps, requests, held)).toBe(3);
    const sizes = (await phonesOf(world)).map((phones) => phones?.length ?? 0);
    expect(sizes.sort((a, b) => a - b)).toEqual([1, 1000, 1000]);
  });

  it('requests nothing when another drive holds the lease', async () => {
    const world = inboxScene();
    const asking = requestFirstBackups(world.deps, [request({ p1: 0 })], () =>
      Promise.resolve(false),
    );
    await expect(asking).rejects.toThrow(LeaseLost);
    await expect(asking).rejects.toThrow('another drive holds the lease');
    expect(await requested(world)).toEqual([]);
  });
});
