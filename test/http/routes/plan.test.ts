import { describe, expect, it } from 'vitest';
import { saveInventory, startInventory } from '../../../lib/ledger/fleet/inventory.ts';
import { refreshInventories } from '../../../lib/run/plan/refresh-inventory.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { api, type Api } from '../support/api.ts';

const HINT = 'inventory-nightly';

async function ready(phones = 5): Promise<Api> {
  const made = await api({ phones, servers: 2 });
  await made.putPolicy(NIGHTLY);
  return made;
}

const plan = (made: Api, query: Record<string, string> = {}, body: object = {}) =>
  made.call('POST', '/v1/plan', { query, body: { policy: 'nightly', ...body } });

const refresh = (made: Api, ms = 60_000) =>
  refreshInventories(
    {
      ...made.invocation().deps,
      unreadable: { objects: new Map(), isLost: false, changed: false },
    },
    [HINT],
    made.clock.now() + ms,
  );

async function storeFleet(made: Api, count: number): Promise<void> {
  const phones = Array.from({ length: count }, (_, index) => ({
    phone_id: index.toString(16).padStart(32, '0'),
    phone_name: `game-${index}`,
    server_id: `s${index % 50}`,
    status: 'running',
  }));
  const now = made.clock.now();
  const inventory = { ...startInventory(now, undefined), finished_at: now, phones };
  await saveInventory(made.invocation().deps.store, inventory);
}

describe('POST /v1/plan', () => {
  it('requests a reading of the fleet when there is none, and then uses it', async () => {
    const made = await ready();
    const first = await plan(made);
    expect(first.status).toBe(202);
    expect(first.headers).toMatchObject({ location: '/backup/v1/plan', 'retry-after': '30' });
    expect(made.kicks).toHaveLength(1);

    expect(await refresh(made)).toEqual([]);
    const second = await plan(made);

    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ policy: 'nightly', truncated: false });
    expect(second.body.counts).toMatchObject({ selected: 5 });
    expect(second.body.phones).toHaveLength(5);
    expect(Date.parse(String(second.body.as_of))).toBeGreaterThanOrEqual(
      Date.parse(String(first.body.requested_at)),
    );
  });

  it('starts nothing', async () => {
    const made = await ready();
    await plan(made);
    await refresh(made);
    await plan(made);
    expect(await made.invocation().deps.store.list('open/')).toEqual([]);
    expect(made.exports).toEqual([]);
  });

  it('uses the last reading, or with ?fresh=1 a newer one', async () => {
    const made = await ready();
    await plan(made);
    await refresh(made);
    const old = await plan(made);
    // Short enough ago for a run to take this reading.
    made.clock.move(30_000);
    expect((await plan(made)).body.as_of).toBe(old.body.as_of);

    const refreshed = await plan(made, { fresh: '1' });
    expect(refreshed.status).toBe(202);
    const again = await plan(made, { fresh: '1' });
    expect(again.body).toEqual(refreshed.body);
    await refresh(made);

    const fresh = await plan(made);
    expect(Date.parse(String(fresh.body.as_of))).toBeGreaterThanOrEqual(
      Date.parse(String(refreshed.body.requested_at)),
    );
    expect(await made.invocation().deps.store.list('open/hints/')).toEqual([]);
  });

  it('continues a reading in the next drive when the time is up', async () => {
    const made = await ready(250);
    await plan(made);
    expect(await refresh(made, 0)).toEqual([HINT]);
    expect((await plan(made)).status).toBe(202);
    expect(await refresh(made)).toEqual([]);
    expect((await plan(made)).body.counts).toMatchObject({ selected: 250 });
  });

  it.each([
    [
      'a policy that is gone',
      async (made: Api) => made.invocation().deps.store.remove(['policies/nightly.yaml']),
    ],
  ])('drops %s', async (_what, spoil) => {
    const made = await ready();
    await plan(made);
    await spoil(made);
    expect(await refresh(made)).toEqual([]);
    expect(await made.invocation().deps.store.list('open/hints/')).toEqual([]);
  });

  it('returns the first 1,000 phones of a large fleet and counts them all', async () => {
    const made = await ready();
    await made.putPolicy(NIGHTLY.replace('{ name: "*" }', '{ name: "*", max_phones: 20000 }'));
    await storeFleet(made, 3_000);
    const { body, text } = await plan(made);
    expect(body.counts).toMatchObject({ selected: 3_000, export: 3_000 });
    expect(body.phones).toHaveLength(1_000);
    expect(body.truncated).toBe(true);
    expect(text.length).toBeLessThan(1_000_000);
  });

  it('reports a phone outside the policy, and accepts a slot', async () => {
    const made = await ready();
    await plan(made);
    await refresh(made);
    const { body } = await plan(made, {}, { phones: ['ffff'], slot: '2026-02-03T02:30:00+08:00' });
    expect(body.slot).toBe('20260202T183000Z');
    expect(body.phones).toMatchObject([{ phone_id: 'ffff', plan: 'fail', reason: 'not_found' }]);
  });
});
