import { readDeleted, recordDeleted } from '../../../../lib/ledger/run/deleted-archives.ts';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { rebuildCatalogue } from '../../../../lib/ledger/catalogue/rebuild/rebuild.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { drive } from '../../../../lib/run/drive/drive.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { putCancel } from '../../../../lib/ledger/run/request.ts';
import { agendaClock } from '../../../../testing/play-clock.ts';
import { catalogued } from '../../../support/archives.ts';
import { dyingDeps } from '../../../support/dying-deps.ts';
import { DAY, storeRun } from '../../../support/full-run.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

export const KEEP = 90 * DAY;
export { DAY };

/** Runs that settled long ago, and drives that fold them. */
export function foldScene() {
  const clock = agendaClock(T0);
  const scene = runScene({ listJobs: async () => [] }, clock);
  const { store } = scene;
  const deps: RunDeps = { ...scene.deps, keepRuns: KEEP };
  let drives = 0;
  const driveOnce = async (using: RunDeps = deps, workMs = 50_000) => {
    drives += 1;
    // Something has to be open, or no drive takes the lease.
    await putCancel(store, 'gone');
    return drive(using, { until: clock.now() + workMs, ttlMs: 90_000, holder: `d${drives}` });
  };
  const keys = async (runId = '') => (await store.list(`runs/${runId}`)).map(({ key }) => key);
  return {
    ...{ ...scene, deps, clock, keys },
    /** Stores the run of a day, of two phones, with a log. */
    settle: async (day: number, changes: Partial<Parameters<typeof storeRun>[2]> = {}) => {
      const runId = `nightly-${T0 + day * DAY}`;
      const phones = { p1: {}, p2: {}, p3: { outcome: 'failed' as const } };
      await storeRun(store, runId, { phones, settledAt: T0 + day * DAY, ...changes });
      const at = T0 + day * DAY;
      const log = [{ type: 'notified' as const, at, message_id: `m-${day}` }];
      await appendLog(store, layout.logEntry(runId, '0000000001-a', 1), [
        { type: 'cancel_seen', at },
      ]);
      await appendLog(store, layout.logEntry(runId, '0000000001-a', 2), log);
      return runId;
    },
    drive: driveOnce,
    driveKilled: async (calls: number): Promise<boolean> => {
      const isKilled = await new Promise<boolean>((resolve, reject) => {
        const using = dyingDeps(deps, clock, { callMs: 0, last: calls, die: () => resolve(true) });
        driveOnce(using).then(() => resolve(false), reject);
      });
      clock.move(2 * MINUTE);
      return isKilled;
    },
    /** The archives of a catalogue that is rebuilt from `runs/` alone. */
    rebuilt: async () => {
      const copy = memoryStore(clock);
      for (const { key } of await store.list('runs/')) {
        await copy.put(key, (await store.get(key))?.body ?? '');
      }
      const { errors } = await rebuildCatalogue(copy);
      if (errors[0] !== undefined) throw errors[0];
      return catalogued(copy);
    },
    deleteArchive: (runId: string, archives: { phone_id: string; key: string }[]) =>
      recordDeleted(store, runId, {
        ...{ bucket: 'my-phone-backups', at: clock.now() },
        archives: archives.map((one) => ({ ...one, size: 1, reasons: ['expired'] })),
      }),
    deleted: (runId: string) => readDeleted(store, runId),
  };
}

/** Returns a store that counts its calls by name. */
export function countingStore(store: Store): { store: Store; calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const counted = <Args extends unknown[], T>(name: string, call: (...args: Args) => T) => {
    return (...args: Args): T => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call(...args);
    };
  };
  const { get, put, list, create, remove } = store;
  return {
    calls,
    store: {
      ...store,
      ...{ get: counted('get', get), put: counted('put', put), list: counted('list', list) },
      ...{ create: counted('create', create), remove: counted('remove', remove) },
    },
  };
}
