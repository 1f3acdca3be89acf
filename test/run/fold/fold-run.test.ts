import { describe, expect, it } from 'vitest';
import { appendLog } from '../../../lib/ledger/run/log/log.ts';
import { recordLateArchive } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { readFolded } from '../../../lib/ledger/run/settled/folded-run.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { foldRun } from '../../../lib/run/fold/fold-run.ts';
import { recordFreshness } from '../../../lib/run/freshness/record.ts';
import { readRunState } from '../../../lib/run/query/runs/get-run.ts';
import { archiveOf } from '../../support/archives.ts';
import { DAY } from '../../support/full-run.ts';
import { T0 } from '../../support/runs.ts';
import { foldScene } from './support/fold-scene.ts';

describe('foldRun', () => {
  it('leaves one object, from which the same archives are rebuilt', async () => {
    const { deps, settle, keys, rebuilt } = foldScene();
    const runId = await settle(0);
    const before = await rebuilt();
    expect(before).toHaveLength(2);
    expect(await foldRun(deps, runId)).toBe('folded');
    expect(await keys()).toEqual([layout.folded(runId)]);
    expect(await rebuilt()).toEqual(before);
  });

  it('keeps the outcome, the counts, the times and the notification of the run', async () => {
    const { deps, store, settle } = foldScene();
    const runId = await settle(0);
    const view = async () => (await readRunState(store, runId, T0))?.view();
    const before = await view();
    await foldRun(deps, runId);
    const report = { key: layout.folded(runId) };
    expect(await view()).toEqual({ ...before, folded: true, report });
    const phones = await (await readRunState(store, runId, T0))?.phones();
    expect(phones?.map(({ phone_id, phone_name }) => [phone_id, phone_name])).toEqual([
      ['p1', 'game-p1'],
      ['p2', 'game-p2'],
    ]);
  });

  it('drops the archives that retention has deleted, and their records', async () => {
    const { deps, store, settle, keys, rebuilt, deleteArchive } = foldScene();
    const runId = await settle(0);
    const [one, other] = await rebuilt();
    if (one === undefined || other === undefined) throw new Error('no archives');
    await deleteArchive(runId, [one]);
    await foldRun(deps, runId);
    expect(await keys()).toEqual([layout.folded(runId)]);
    expect(await rebuilt()).toEqual([other]);
    await deleteArchive(runId, [other]);
    expect(await rebuilt()).toEqual([]);
    expect((await readFolded(store, runId))?.phones).toMatchObject([{ phone_id: other.phone_id }]);
  });

  it('keeps a record of a deletion that it does not know yet', async () => {
    const { deps, store, settle, keys, rebuilt, deleteArchive } = foldScene();
    const runId = await settle(0);
    const [one, other] = await rebuilt();
    if (one === undefined) throw new Error('no archives');
    const { list } = store;
    let isLate = false;
    store.list = async (prefix, options) => {
      const found = await list(prefix, options);
      // LIST does not show the new record yet.
      if (prefix !== layout.deletedFolder(runId) || isLate) return found;
      isLate = true;
      await deleteArchive(runId, [one]);
      return [];
    };
    await foldRun(deps, runId);
    expect(await keys()).toHaveLength(2);
    expect(await rebuilt()).toEqual([other]);
  });

  it('keeps the archives that arrived after the report', async () => {
    const { deps, store, settle, rebuilt } = foldScene();
    const runId = await settle(0);
    const { key, size, etag } = archiveOf('p3', T0, { run_id: runId });
    const late = { phone_id: 'p3', attempt: 1, key, size, etag, seen_at: T0 + DAY };
    await recordLateArchive(store, runId, late);
    const before = await rebuilt();
    expect(before).toHaveLength(3);
    await foldRun(deps, runId);
    expect(await rebuilt()).toEqual(before);
  });

  it('keeps what came of reading archives to their end', async () => {
    const { deps, store, settle, keys, rebuilt } = foldScene();
    const runId = await settle(0, { terms: { read: 100 } });
    const own = { type: 'read' as const, at: T0, attempt: 1, entries: 5, files: 3, bytes: 9 };
    await appendLog(store, layout.logEntry(runId, '0000000001-a', 3), [
      { ...own, phone_id: 'p1', result: 'ok' },
      { ...own, phone_id: 'p2', result: 'broken', message: 'cut' },
    ]);
    const before = await rebuilt();
    expect(before.map(({ flags }) => [flags.suspect, flags.read?.result])).toEqual([
      [undefined, 'ok'],
      [true, 'broken'],
    ]);
    await foldRun(deps, runId);
    expect(await keys()).toEqual([layout.folded(runId)]);
    expect(await rebuilt()).toEqual(before);
  });

  it('writes the phones of a run with very many archives in parts', async () => {
    const { deps, settle, keys, rebuilt, store } = foldScene();
    const phones = Object.fromEntries(Array.from({ length: 2_500 }, (_, n) => [`p${n}`, {}]));
    const runId = await settle(0, { phones });
    const before = await rebuilt();
    await foldRun(deps, runId);
    expect(await keys()).toHaveLength(4);
    expect(await rebuilt()).toEqual(before);
    const phonesNow = await (await readRunState(store, runId, T0))?.phones();
    expect(phonesNow).toHaveLength(2_500);
  });

  it('leaves the run whole that says how fresh the backups of its policy are', async () => {
    const { deps, store, settle, keys } = foldScene();
    const runId = await settle(0);
    await recordFreshness(store, 'nightly', undefined, T0 + DAY);
    const before = await keys();
    expect(await foldRun(deps, runId)).toBe('kept');
    expect(await keys()).toEqual(before);
    const next = await settle(1);
    await store.remove([layout.freshness('nightly')]);
    await recordFreshness(store, 'nightly', undefined, T0 + 2 * DAY);
    expect(await foldRun(deps, runId)).toBe('folded');
    expect(await foldRun(deps, next)).toBe('kept');
  });

  it('keeps a run whole whose report or plan cannot be read', async () => {
    const { deps, store, settle, keys } = foldScene();
    const runId = await settle(0);
    await store.put(layout.plan(runId), '{}');
    const before = await keys();
    await expect(foldRun(deps, runId)).rejects.toMatchObject({ code: 'object_invalid' });
    expect(await keys()).toEqual(before);
  });

  it('says that the bucket refuses, and loses nothing then', async () => {
    const { deps, store, settle, keys, rebuilt, logged } = foldScene();
    const runId = await settle(0);
    const before = await rebuilt();
    const all = await keys();
    store.remove = async (refused) => refused.map((key) => ({ key, code: 'AccessDenied' }));
    expect(await foldRun(deps, runId)).toBe('refused');
    expect(await keys()).toEqual([...all, layout.folded(runId)].sort());
    expect(await rebuilt()).toEqual(before);
    expect(logged('run_not_folded')).toHaveLength(1);
  });
});
