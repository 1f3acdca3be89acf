import { describe, expect, it } from 'vitest';
import { cloudChecks } from '../../../cli/doctor/checks.ts';
import type { DoctorDeps } from '../../../cli/doctor/deps.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { runScene } from '../../support/run-scene.ts';
import { fakeIo } from '../support/fake-io.ts';

const options = {
  ...{ stage: 'prod', write: false, phoneId: undefined, path: '/data' },
  interrupted: new AbortController().signal,
};

/** A client whose calls all throw. */
const unused = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(String(name))) });

/** Two policies that export to one bucket, in the ledger of another. `looked`: the buckets that were looked at. */
async function scene(change: (store: Store) => Store = (store) => store) {
  const { deps, store } = runScene();
  for (const name of ['nightly', 'weekly']) {
    await store.put(`policies/${name}.yaml`, NIGHTLY.replace('name: nightly', `name: ${name}`));
  }
  const reads = recordReads(change(store));
  const looked: string[] = [];
  const buckets = {
    head: async (bucket: string) => {
      looked.push(bucket);
      throw new PhonevaultError('bucket_missing', 'no bucket');
    },
  };
  const doctor = {
    io: fakeIo().io,
    settings: { region: 'cn-north-4', projectId: 'p', bucket: 'ledger', prefix: 'vault/' },
    clients: { cph: unused, obs: unused, smn: unused, functiongraph: unused },
    ...{ buckets, listProjects: async () => [], holder: 'x' },
    deps: { ...deps, store: reads },
  } as unknown as DoctorDeps;
  const check = (name: string) => {
    const [found, ...more] = cloudChecks(doctor, options, true).filter((one) => one.name === name);
    if (found === undefined || more.length > 0) throw new Error(`not one check ${name}`);
    return found;
  };
  return { doctor, check, looked, reads: reads.reads };
}

describe('cloudChecks', () => {
  it('looks at the bucket of the ledger and at each bucket of a policy once', async () => {
    const { check, looked } = await scene();
    const findings = await check('bucket').run();
    expect(looked).toEqual(['ledger', 'phonevault-demo']);
    expect(findings.map(({ subject }) => subject)).toEqual(looked);
  });

  it('looks at the bucket of the ledger when the policies cannot be listed', async () => {
    const { check, looked } = await scene((store) => withFailingStore({ store }, 'list').store);
    await check('bucket').run();
    expect(looked).toEqual(['ledger']);
  });

  it('reads the policies once for all checks', async () => {
    const { doctor, reads } = await scene();
    const checks = cloudChecks(doctor, options, true);
    const own = checks.filter(({ name }) => ['bucket', 'versioning'].includes(name));
    await Promise.all(own.map(({ run }) => run().catch(() => [])));
    expect(reads.filter((what) => what.startsWith('list policies'))).toHaveLength(1);
  });

  it.each(['conditional_put', 'archive_write', 'delegation'])(
    '%s calls nothing without --write, and has minutes with it',
    async (name) => {
      const check = (await scene()).check(name);
      expect(await check.run()).toMatchObject([
        { check: name, outcome: expect.stringMatching(/^(?:skipped|unknown)$/) as string },
      ]);
      expect(check.limitMs).toBeGreaterThanOrEqual(5 * 60_000);
    },
  );
});
