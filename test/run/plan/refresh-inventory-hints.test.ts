import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { loadInventory } from '../../../lib/ledger/state/inventory.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { refreshInventories } from '../../../lib/run/plan/refresh-inventory.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { failing, listening, policyText } from '../../support/listening.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HINT = 'inventory-nightly';

/** A fleet of two phones that somebody wants to see anew, under the policy `text`. */
async function scene(text: string | undefined = policyText('nightly')) {
  const made = listening();
  const { cph, calls } = fleet([phone('p1'), phone('p2', { phone_name: 'other' })]);
  const deps = { ...made.deps, cph };
  await made.store.put(layout.policy('nightly'), text);
  await requestInventory(made.store, { policy: 'nightly', asked_at: T0 });
  const refresh = (ids = [HINT], until = T0 + MINUTE) => refreshInventories(deps, ids, until);
  return { ...made, deps, calls, refresh };
}

const read = (policy: string) => ['info', 'inventory_read', { policy, phones: 2 }];

describe('refreshInventories', () => {
  it('reads the fleet, removes the hint and says so', async () => {
    const { refresh, store, hints, lines } = await scene();
    expect(await refresh()).toEqual([]);
    expect((await loadInventory(store, undefined))?.phones).toHaveLength(2);
    expect(await hints()).toEqual([]);
    expect(lines).toEqual([read('nightly')]);
  });

  it('answers the hint, and leaves it, while there is more to read', async () => {
    const { refresh, hints, lines } = await scene();
    expect(await refresh([HINT], T0)).toEqual([HINT]);
    expect([await hints(), lines]).toEqual([[HINT], []]);
  });

  it('takes a reading that began when it was asked for, and none that is older', async () => {
    const { refresh, clock, store, calls } = await scene();
    await refresh();
    await requestInventory(store, { policy: 'nightly', asked_at: T0 });
    await refresh();
    expect(calls).toHaveLength(1);
    clock.move(1);
    await requestInventory(store, { policy: 'nightly', asked_at: T0 + 1 });
    await refresh();
    expect(calls).toHaveLength(2);
  });

  it('leaves hints of other kinds alone', async () => {
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
    ['is wrong', 'name: nightly\n'],
    ['is named otherwise than its file', policyText('weekly')],
    [
      'aims archives into the ledger',
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

  it('removes a hint that cannot be read, logs it, and goes on to the next', async () => {
    const { refresh, store, hints, lines } = await scene();
    const hint = `inventory-${'x'.repeat(200)}`;
    await store.put(layout.hint(hint), 'not json');
    expect(await refresh([hint, HINT])).toEqual([]);
    expect(await hints()).toEqual([]);
    const message = `${layout.hint(hint)} is not JSON`.slice(0, 200);
    expect(lines).toEqual([
      ['error', 'hint_unreadable', { hint, code: 'object_invalid', message }],
      read('nightly'),
    ]);
  });

  it('leaves what fails for the next look, and goes on to the next hint', async () => {
    const { deps, store, hints, lines } = await scene();
    await store.put(layout.policy('weekly'), policyText('weekly'));
    await requestInventory(store, { policy: 'weekly', asked_at: T0 });
    const away = failing(deps, 'get', undefined, layout.hint(HINT));
    const ids = [HINT, 'inventory-weekly'];
    expect(await refreshInventories(away, ids, T0 + MINUTE)).toEqual([]);
    expect(await hints()).toEqual([HINT]);
    expect(lines.map(([level, event]) => [level, event])).toEqual([
      ['warn', 'step_failed'],
      ['info', 'inventory_read'],
    ]);
  });

  it('stops at credentials that are refused', async () => {
    const { deps, hints } = await scene();
    const refused = new PhonevaultError('credentials_refused', 'no');
    const away = failing(deps, 'get', refused, layout.policy('nightly'));
    await expect(refreshInventories(away, [HINT], T0 + MINUTE)).rejects.toBe(refused);
    expect(await hints()).toEqual([HINT]);
  });
});
