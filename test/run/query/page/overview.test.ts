import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { readOverview } from '../../../../lib/run/query/page/overview.ts';
import { NIGHTLY, night } from '../../../../testing/night.ts';
import { faultNames, recordReads, withObjectFault } from '../../../support/fake-stores.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

/** Two policies: one with a settled and an open run, one without any. */
async function played() {
  const world = await night({ phones: 6, servers: 2 });
  await world.putPolicy(NIGHTLY);
  await world.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
  await world.tick();
  const first = await world.requestRun();
  await world.settle(first);
  const open = await world.requestRun();
  return { world, deps: world.invocation().deps, first, open };
}

let shared: ReturnType<typeof played> | undefined;
const sharedNight = () => (shared ??= played());

describe('readOverview', () => {
  it('has the nights, slots, runs, archives and phones of each policy', async () => {
    const { world, deps, first, open } = await sharedNight();
    const { policies, others } = await readOverview(deps, world.clock.now());
    const [nightly, weekly] = policies;
    expect(nightly?.status.policy).toBe('nightly');
    expect(nightly?.nights).toHaveLength(30);
    expect(nightly?.nights.at(-1)).toMatchObject({ outcome: 'completed', run_id: first });
    expect(nightly?.slots).toHaveLength(3);
    expect(nightly?.open.map(({ run_id }) => run_id)).toEqual([open]);
    expect(nightly?.recent.map(({ run_id }) => run_id)).toEqual([first]);
    expect(nightly?.archives).toMatchObject({ archives: 6, all: true });
    expect(nightly?.oldest).toHaveLength(5);
    expect(weekly).toMatchObject({ open: [], recent: [], oldest: [] });
    expect(others).toEqual([]);
  });

  it('only reads, and not one phone or archive', async () => {
    const { world, deps } = await sharedNight();
    const store = recordReads(deps.store);
    await readOverview({ ...deps, store }, world.clock.now());
    expect(store.reads.filter((read) => read.startsWith(`get ${layout.catalogue}`))).toEqual([]);
  });

  it.each(faultNames)('shows both policies where one object is %s', async (fault) => {
    const { world, deps, first, open } = await sharedNight();
    for (const key of [
      ...[layout.policy('nightly'), layout.history('nightly'), layout.freshness('nightly')],
      ...[layout.totals('nightly'), layout.request(open), layout.report(first), layout.cursors],
    ]) {
      const store = withObjectFault(deps.store, key, fault);
      const { policies } = await readOverview({ ...deps, store }, world.clock.now());
      expect(policies.map(({ status }) => status.policy)).toEqual(['nightly', 'weekly']);
    }
  });
});
