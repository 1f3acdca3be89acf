import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  type OrphanedJobs,
  readOrphanedJobs,
  recordLateArchive,
  writeOrphanedJobs,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

const orphaned: OrphanedJobs = {
  run_id: 'nightly-1',
  policy: 'nightly',
  bucket: 'my-phone-backups',
  folder: 'nightly/20260102',
  busy_until: 5,
  until: 9,
  attempts: [
    {
      ...{ phone_id: 'p1', phone_name: 'game-1', server_id: 's1', attempt: 1 },
      jobs: [{ job_id: 'j1', request_id: 'r1' }],
    },
    { phone_id: 'p2', phone_name: 'game-2', server_id: 's1', attempt: 2, jobs: [], watch_until: 7 },
  ],
};

const archive = { phone_id: 'p1', attempt: 1, key: 'k.tar', size: 9_000, etag: 'e', seen_at: 8 };

describe('orphaned jobs', () => {
  it('are read as they were written, and deleted when none is left', async () => {
    const store = memoryStore(playClock());
    expect(await readOrphanedJobs(store, 'nightly-1')).toBeUndefined();
    await writeOrphanedJobs(store, orphaned);
    expect(await readOrphanedJobs(store, 'nightly-1')).toEqual(orphaned);
    await writeOrphanedJobs(store, { ...orphaned, attempts: [] });
    expect(await store.list('')).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['of another run', { run_id: 'nightly-2' }, 'object_invalid'],
    ['of a newer version', { version: 2 }, 'object_newer'],
    ['in a folder with ".."', { folder: '../x' }, 'object_invalid'],
    [
      'of an invalid phone id',
      { attempts: [{ ...orphaned.attempts[0], phone_id: '../p' }] },
      'object_invalid',
    ],
    [
      'without jobs',
      { attempts: [{ ...orphaned.attempts[0], jobs: undefined }] },
      'object_invalid',
    ],
  ])('are rejected %s', async (_, change, code) => {
    const store = memoryStore(playClock());
    await store.put(
      layout.orphanedJobs('nightly-1'),
      JSON.stringify({ version: 1, ...orphaned, ...change }),
    );
    await expect(readOrphanedJobs(store, 'nightly-1')).rejects.toMatchObject({ code });
  });

  it('keep the first record of an archive that landed late', async () => {
    const store = memoryStore(playClock());
    await recordLateArchive(store, 'nightly-1', archive);
    await recordLateArchive(store, 'nightly-1', { ...archive, size: 1, unconfirmed: true });
    const { body = '' } = (await store.get(layout.lateArchive('nightly-1', 'p1', 1))) ?? {};
    expect(JSON.parse(body)).toEqual({ version: 1, ...archive });
  });
});

it.each(['weekly-1', '..', ''])('rejects the orphaned jobs of run %j', async (run_id) => {
  const store = memoryStore(playClock());
  const body = JSON.stringify({ version: 1, ...orphaned, run_id });
  await store.put(layout.orphanedJobs('nightly-1'), body);
  await expect(readOrphanedJobs(store, 'nightly-1')).rejects.toMatchObject({
    code: 'object_invalid',
  });
});
