import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { orphanedJobsKey, writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { OTHER, RUN } from '../../support/drive-scene.ts';
import { driveWorld, orphanedJobOf } from '../../support/drive-world.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { plannedPhone } from '../../support/runs.ts';

const caches = [
  ...[layout.limits, layout.unreadable, layout.credentialAlarm, layout.cursors, layout.readings],
  ...[layout.resets, layout.provisioning, layout.history('nightly'), layout.freshness('nightly')],
];
const orphaned = orphanedJobOf(OTHER, 'q');

describe('drive works on while OBS does not return', () => {
  it.each(
    (['throttled', 'service'] as const).flatMap((code) =>
      [...caches, orphanedJobsKey(orphaned)].map((prefix) => [prefix, code] as const),
    ),
  )('%s: %s', async (prefix, code) => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    await writeOrphanedJobs(world.store, orphaned);
    const error = new PhonevaultError(code, 'slow down', { retryable: true });
    Object.assign(world.deps, withFailingStore(world.deps, 'get', error, prefix));
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(world.published).toMatchObject([{ kind: 'settled', outcome: 'completed' }]);
    expect(await world.keys(layout.open)).toEqual([orphanedJobsKey(orphaned)]);
  });
});
