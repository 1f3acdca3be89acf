import { describe, expect, it } from 'vitest';
import type { LateArchive, OrphanedAttempt } from '../../../../lib/ledger/run/orphaned-jobs.ts';
import {
  keyOf,
  recordUnconfirmed,
  verifyOrphan,
  watchOrphan,
} from '../../../../lib/run/settle/orphaned/orphaned-archive.ts';
import {
  attemptWithJob,
  attemptWithoutJob,
  orphanedJobs,
  RUN,
} from '../../../support/orphaned-jobs.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const KEY = `nightly/${RUN}/p-1.tar`;
/** `absent`: not in the bucket. `cut`: it does not end as a tar file. */
type Found = 'absent' | 'whole' | 'cut' | 'tiny';
/** What is recorded in the run: an archive, an object that no job confirms, or nothing. */
type Recorded = 'archive' | 'unconfirmed' | 'nothing';

function scene(attempt: OrphanedAttempt, found: Found) {
  const { deps, store, land, logged } = runScene();
  const sizes = { whole: 2_048, cut: 2_048, tiny: 1_024 };
  if (found !== 'absent') land(KEY, sizes[found], found);
  const arrived: LateArchive[] = [];
  const polling = { ...deps, arrived };
  const orphan = { orphaned: orphanedJobs([attempt]), attempt };
  const recorded = async (): Promise<Recorded> => {
    const [entry] = await store.list(`runs/${RUN}/late/`);
    if (entry === undefined) return 'nothing';
    const body = JSON.parse((await store.get(entry.key))?.body ?? '') as LateArchive;
    expect(body).toMatchObject({ phone_id: 'p', attempt: 1, key: KEY, etag: found });
    const isArchive = body.unconfirmed !== true;
    expect(arrived).toMatchObject([{ key: KEY }]);
    expect(logged('archive_arrived_late')).toHaveLength(isArchive ? 1 : 0);
    return isArchive ? 'archive' : 'unconfirmed';
  };
  return { polling, orphan, recorded };
}

describe('verifyOrphan', () => {
  it.each<[Found, Recorded]>([
    ['whole', 'archive'],
    ['cut', 'archive'],
    ['tiny', 'unconfirmed'],
  ])('ends an attempt whose archive is %s: %s', async (found, expected) => {
    const { polling, orphan, recorded } = scene(attemptWithJob('p'), found);
    expect(await verifyOrphan(polling, orphan, T0 + 5)).toEqual([]);
    expect(await recorded()).toBe(expected);
  });

  it('looks for an absent archive for two minutes', async () => {
    const { polling, orphan, recorded } = scene(attemptWithJob('p'), 'absent');
    const attempt = attemptWithJob('p', { absent_at: T0 });
    expect(await verifyOrphan(polling, orphan, T0)).toEqual([attempt]);
    const again = { ...orphan, attempt };
    expect(await verifyOrphan(polling, again, T0 + 2 * MINUTE - 1)).toEqual([attempt]);
    expect(await verifyOrphan(polling, again, T0 + 2 * MINUTE)).toEqual([]);
    expect(await recorded()).toBe('nothing');
  });
});

describe('watchOrphan', () => {
  const until = T0 + 60 * MINUTE;
  const attempt = attemptWithoutJob('p', until);

  it.each<[Found, number, Recorded]>([
    ['whole', T0, 'archive'],
    ['whole', until, 'archive'],
    ['cut', until, 'unconfirmed'],
    ['tiny', until, 'unconfirmed'],
    ['absent', until, 'nothing'],
  ])('ends an attempt whose archive is %s at %i: %s', async (found, now, expected) => {
    const { polling, orphan, recorded } = scene(attempt, found);
    expect(await watchOrphan(polling, orphan, now)).toEqual([]);
    expect(await recorded()).toBe(expected);
  });

  it.each<Found>(['absent', 'cut', 'tiny'])(
    'waits until the end of the watch while the archive is %s',
    async (found) => {
      const { polling, orphan, recorded } = scene(attempt, found);
      expect(await watchOrphan(polling, orphan, until - 1)).toEqual([attempt]);
      expect(await recorded()).toBe('nothing');
    },
  );
});

describe('recordUnconfirmed', () => {
  it('records an object, and nothing when there is none', async () => {
    const { polling, orphan, recorded } = scene(attemptWithJob('p'), 'whole');
    await recordUnconfirmed(polling, orphan, undefined, T0);
    expect(await recorded()).toBe('nothing');
    const found = { key: KEY, size: 2_048, etag: 'whole', lastModified: T0 };
    await recordUnconfirmed(polling, orphan, found, T0);
    expect(await recorded()).toBe('unconfirmed');
  });
});

it('keyOf returns the key of the attempt', () => {
  expect(keyOf(scene(attemptWithJob('p'), 'absent').orphan)).toBe(KEY);
  const second = attemptWithJob('q', { attempt: 2 });
  expect(keyOf({ orphaned: orphanedJobs([]), attempt: second })).toBe(`nightly/${RUN}/q-2.tar`);
});
