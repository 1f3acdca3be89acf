import { expect, it } from 'vitest';
import { archiveBuckets, validPolicies } from '../../../../cli/doctor/services/valid-policies.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads, withFailingStore } from '../../../support/fake-stores.ts';

const ledger = { bucket: 'ledger', prefix: 'vault/' };

async function scene(names: string[]) {
  const store = memoryStore(playClock());
  for (const name of names) {
    const text = NIGHTLY.replace('name: nightly', `name: ${name}`).replace(
      'bucket: phonevault-demo',
      `bucket: ${name}-backups`,
    );
    await store.put(`policies/${name}.yaml`, text);
  }
  return { store };
}

it('returns the valid policies, without files that are invalid, unreadable or something else', async () => {
  const { store } = await scene(['nightly', 'weekly', 'denied']);
  await store.put('policies/broken.yaml', 'name: other');
  await store.put('policies/README.md', 'text');
  await store.put('policies/Nightly.yaml', NIGHTLY);
  const { store: reader } = withFailingStore({ store }, 'get', undefined, 'policies/denied');
  const recorded = recordReads(reader);
  const policies = await validPolicies(recorded, ledger);
  expect(recorded.reads).not.toContain('get policies/README.md');
  expect(policies.map(({ name }) => name)).toEqual(['nightly', 'weekly']);
});

it('leaves out a policy that exports into the ledger', async () => {
  const { store } = await scene(['nightly']);
  const own = { bucket: 'nightly-backups', prefix: '' };
  expect(await validPolicies(store, ledger)).toHaveLength(1);
  expect(await validPolicies(store, own)).toEqual([]);
});

it('names each bucket of the policies once, in order', async () => {
  const { store } = await scene(['weekly', 'nightly']);
  const policies = await validPolicies(store, ledger);
  expect(archiveBuckets([...policies, ...policies])).toEqual(['nightly-backups', 'weekly-backups']);
});
