import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import {
  type Late,
  readLate,
  recordLate,
  writeLate,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

const late: Late = {
  version: 1,
  run_id: 'nightly-1',
  policy: 'nightly',
  bucket: 'my-phone-backups',
  folder: 'nightly/20260102',
  busy_until: 5,
  until: 9,
  tries: [
    {
      ...{ phone_id: 'p1', phone_name: 'game-1', server_id: 's1', try: 1 },
      jobs: [{ job_id: 'j1', request_id: 'r1' }],
    },
    { phone_id: 'p2', phone_name: 'game-2', server_id: 's1', try: 2, jobs: [], watch_until: 7 },
  ],
};

const archive = { phone_id: 'p1', try: 1, key: 'k.tar', size: 9_000, etag: 'e', seen_at: 8 };

describe('the jobs that outlived a run', () => {
  it('are read back, and gone once none is left', async () => {
    const store = memoryStore(playClock());
    expect(await readLate(store, 'nightly-1')).toBeUndefined();
    await writeLate(store, late);
    expect(await readLate(store, 'nightly-1')).toEqual(late);
    await writeLate(store, { ...late, tries: [] });
    expect(await store.list('')).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['of another run', { run_id: 'nightly-2' }, 'object_invalid'],
    ['of a newer version', { version: 2 }, 'object_newer'],
    ['in a folder that leads out', { folder: '../x' }, 'object_invalid'],
    [
      'of a phone that cannot be',
      { tries: [{ ...late.tries[0], phone_id: '../p' }] },
      'object_invalid',
    ],
    ['without jobs', { tries: [{ ...late.tries[0], jobs: undefined }] }, 'object_invalid'],
  ])('%s cannot be read', async (_, change, code) => {
    const store = memoryStore(playClock());
    await store.put(layout.late('nightly-1'), JSON.stringify({ ...late, ...change }));
    await expect(readLate(store, 'nightly-1')).rejects.toMatchObject({ code });
  });

  it('leave a record of what landed, that is never rewritten', async () => {
    const store = memoryStore(playClock());
    await recordLate(store, 'nightly-1', archive);
    await recordLate(store, 'nightly-1', { ...archive, size: 1, unconfirmed: true });
    const { body = '' } = (await store.get(layout.lateArchive('nightly-1', 'p1', 1))) ?? {};
    expect(JSON.parse(body)).toEqual({ version: 1, ...archive });
  });
});
