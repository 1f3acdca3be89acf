import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { loadInventory } from '../../../lib/ledger/fleet/inventory.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { refreshInventories } from '../../../lib/run/plan/refresh-inventory.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { policyText } from '../../support/policy-text.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HINT = 'inventory-nightly';

/** A fleet of two phones, and a request to read it for the policy `text`. */
async function scene(text: string | undefined = policyText('nightly')) {
  const made = inboxScene();
  const { cph, calls } = fleet([phone('p1'), phone('p2', { phone_name: 'other' })]);
  const deps = { ...made.deps, cph };
  await made.store.put(layout.policy('nightly'), text);
  await requestInventory(made.store, { policy: 'nightly', requested_at: T0 });
  const refresh = (ids = [HINT], until = T0 + MINUTE) => refreshInventories(deps, ids, until);
  return { ...made, deps, calls, refresh };
}

const read = (policy: string) => ['info', 'inventory_read', { policy, phones: 2 }];

describe('refreshInventories', () => {
  it('reads the fleet, removes the hint and logs it', async () => {
    const { refresh, store, hints, lines } = await scene();
    expect(await refresh()).toEqual([]);
    expect((await loadInventory(store, undefined))?.phones).toHaveLength(2);
    expect(await hints()).toEqual([]);
    expect(lines).toEqual([read('nightly')]);
  });

  it('keeps and returns the hint while there is more to read', async () => {
    const { refresh, hints, lines } = await scene();
    expect(await refresh([HINT], T0)).toEqual([HINT]);
    expect([await hints(), lines]).toEqual([[HINT], []]);
  });

  it('uses a reading that began at the request or later, and no older one', async () => {
    const { refresh, clock, store, calls } = await scene();
    await refresh();
    await requestInventory(store, { policy: 'nightly', requested_at: T0 });
    await refresh();
    expect(calls).toHaveLength(1);
    clock.move(1);
    await requestInventory(store, { policy: 'nightly', requested_at: T0 + 1 });
    await refresh();
    expect(calls).toHaveLength(2);
  });

  it('ignores hints of other kinds', async () => {
    const { refresh, store, hints } = await scene();
    await store.put(layout.hint('stale-nightly-1'), '{}');
    expect(await refresh(['stale-nightly-1'])).toEqual([]);
    expect(await hints()).toEqual([HINT, 'stale-nightly-1']);
  });

  it('does nothing for a hint that is gone', async () => {
    const { refresh, store, calls, lines } = await scene();
    await store.remove([layout.hint(HINT)]);
    expect(await refresh()).toEqual([]);
    expect([calls, lines]).toEqual([[], []]);
  });

  it.each([
    ['is invalid', 'name: nightly\n'],
    ['has another name than its file', policyText('weekly')],
    [
      'writes archives into the ledger',
      policyText('nightly', {
        export: '{ include: [/data/data], bucket: ledger, object_path: vault/x }',
      }),
    ],
    ['is gone', undefined],
  ])('reads nothing for a policy that %s, and removes the hint', async (_, text) => {
    const { refresh, store, calls, hints, lines } = await scene(text);
    if (text === undefined) await store.remove([layout.policy('nightly')]);
    expect(await refresh()).toEqual([]);
    expect([calls, await hints(), lines]).toEqual([[], [], []]);
  });

  it('keeps and logs an invalid hint, and continues with the next', async () => {
    const { refresh, store, hints, lines } = await scene();
    const hint = `inventory-${'x'.repeat(200)}`;
    await store.put(layout.hint(hint), 'not json');
    expect(await refresh([hint, HINT])).toEqual([]);
    expect(await hints()).toEqual([hint]);
    expect(lines).toMatchObject([
      ['error', 'object_unreadable', { key: layout.hint(hint) }],
      read('nightly'),
    ]);
  });

  it('keeps a hint of a newer version, and does not return it as unfinished', async () => {
    const { refresh, store, hints } = await scene();
    await store.put(layout.hint(HINT), '{"version":99}');
    expect(await refresh()).toEqual([]);
    expect(await hints()).toEqual([HINT]);
  });

  it('keeps a hint that fails, and continues with the next', async () => {
    const { deps, store, hints, lines } = await scene();
    await store.put(layout.policy('weekly'), policyText('weekly'));
    await requestInventory(store, { policy: 'weekly', requested_at: T0 });
    const away = withFailingStore(deps, 'get', undefined, layout.hint(HINT));
    const ids = [HINT, 'inventory-weekly'];
    expect(await refreshInventories(away, ids, T0 + MINUTE)).toEqual([]);
    expect(await hints()).toEqual([HINT]);
    expect(lines.map(([level, event]) => [level, event])).toEqual([
      ['error', 'object_unreadable'],
      ['info', 'inventory_read'],
    ]);
  });

  it('throws refused credentials', async () => {
    const { deps, hints } = await scene();
    const refused = new PhonevaultError('credentials_refused', 'no');
    const away = withFailingStore(deps, 'get', refused, layout.policy('nightly'));
    await expect(refreshInventories(away, [HINT], T0 + MINUTE)).rejects.toBe(refused);
    expect(await hints()).toEqual([HINT]);
  });
});

describe('refreshInventories, in a drive', () => {
  it('reads the requested fleet and removes the hint', async () => {
    const made = await night({ phones: 12, servers: 2 });
    await made.putPolicy(NIGHTLY);
    const { store } = made.invocation().deps;
    await requestInventory(store, { policy: 'nightly', requested_at: made.clock.now() });
    expect((await made.drive()).kind).toBe('worked');
    const inventory = await loadInventory(store, undefined);
    expect(inventory?.phones).toHaveLength(12);
    expect(inventory?.finished_at).toBeDefined();
    expect((await listOpen(store)).hints).toEqual([]);
    expect((await made.drive()).kind).toBe('idle');
  });
});
