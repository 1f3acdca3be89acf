import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../../lib/ledger/state/inventory.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { listOpen, putRequest } from '../../../lib/ledger/run/request.ts';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';

type Cloud = Awaited<ReturnType<typeof night>>['cloud'];

const fleetReads = ({ control }: Cloud) => control.calls().cph?.['list-phones']?.ok;

describe('a drive', () => {
  it('reads the fleet anew for whoever asks, in as many drives as it takes', async () => {
    const made = await night({ phones: 12, servers: 2 });
    await made.putPolicy(NIGHTLY);
    const { store } = made.invocation().deps;
    await requestInventory(store, { policy: 'nightly', asked_at: made.clock.now() });
    expect((await made.drive()).kind).toBe('drove');
    const inventory = await loadInventory(store, undefined);
    expect(inventory?.phones).toHaveLength(12);
    expect(inventory?.finished_at).toBeDefined();
    expect((await listOpen(store)).hints).toEqual([]);
    expect((await made.drive()).kind).toBe('idle');
  });

  it('asks for the few phones that a run is for instead of reading the fleet', async () => {
    const made = await night({ phones: 120, servers: 2 });
    await made.putPolicy(NIGHTLY);
    const { store } = made.invocation().deps;
    const [phone] = await made.cloud.control.phones();
    const ids = [phone?.phone_id ?? '', 'no-such-phone'];
    const before = fleetReads(made.cloud);
    await putRequest(store, {
      version: 1,
      run_id: 'nightly-few',
      policy: 'nightly',
      trigger: 'manual',
      phones: ids,
    });
    await made.drive();
    expect(fleetReads(made.cloud)).toBe(before);
    const planned = await readPlan(store, 'nightly-few');
    expect(planned?.phones.map(({ phone_id, verdict }) => [phone_id, verdict?.reason])).toEqual([
      [ids[0], undefined],
      [ids[1], 'not_in_policy'],
    ]);
  });
});
