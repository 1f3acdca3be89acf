import { describe, expect, it } from 'vitest';
import { listShards, readShards } from '../../../lib/ledger/catalogue/shards/shards.ts';
import { isUnreadable } from '../../../lib/ledger/store/object-error.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { TimeUp } from '../../../lib/errors.ts';
import { addReported } from '../../../lib/run/settle/add-reported.ts';
import { exportedPhone } from '../../support/reports.ts';
import { runScene } from '../../support/run-scene.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const MANY = 21_000;

/** A run of many phones whose report names the newest archive first. */
function scene(count = MANY) {
  const made = runScene();
  const ids = Array.from({ length: count }, (_, n) => `p${String(n).padStart(6, '0')}`);
  const { plan } = openRun('nightly-20260102t023000z', []);
  if (plan === undefined) throw new Error('no plan');
  const reported = ids
    .map((id, n) => ({ ...exportedPhone(id), verified_at: new Date(T0 + n).toISOString() }))
    .reverse();
  const run = { plan, planned: ids.map((id) => plannedPhone(id)), reported };
  const { store } = made;
  const stored = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { archives } of readShards(store, await listShards(store))) {
      if (isUnreadable(archives)) throw archives;
      found.push(...archives.map(({ phone_id }) => phone_id));
    }
    return found;
  };
  return { ...made, ids, run, stored };
}

describe('addReported', () => {
  it('adds the archives of a large run, each once, in the order of their times', async () => {
    const { deps, run, ids, stored } = scene();
    await addReported(deps, run);
    await addReported(deps, run);
    expect(await stored()).toEqual(ids);
  });

  it('keeps what it has added when the time is up, and adds the rest later', async () => {
    const { deps, store, run, ids, stored } = scene();
    const { list } = store;
    let lists = 0;
    deps.store.list = async (...of) => {
      if ((lists += 1) > 2) throw new TimeUp();
      return list(...of);
    };
    await expect(addReported(deps, run)).rejects.toThrow(TimeUp);
    deps.store.list = list;
    expect(await stored()).toEqual(ids.slice(0, 20_000));
    await addReported(deps, run);
    expect(await stored()).toEqual(ids);
  });

  it('logs a shard that cannot be used once', async () => {
    const { deps, store, run, logged } = scene(3);
    await addReported(deps, run);
    const [shard] = await store.list(layout.catalogue);
    await store.put(shard?.key ?? '', '{"version":99}');
    const more = scene().run.reported.map((phone) => ({ ...phone, key: `x-${phone.key}` }));
    await addReported(deps, { ...run, reported: more });
    expect(logged('catalogue_unreadable')).toHaveLength(1);
  });
});
