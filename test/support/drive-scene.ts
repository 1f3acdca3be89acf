import type { RunEvent } from '../../lib/ledger/run/events.ts';
import { readLog } from '../../lib/ledger/run/log/log.ts';
import { type PlannedPhone, writePlan } from '../../lib/ledger/run/plan.ts';
import { listOpen, putRequest } from '../../lib/ledger/run/request.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { readRuns } from '../../lib/run/drive/inbox/read-runs.ts';
import { takeCancels, takeInbox } from '../../lib/run/drive/inbox/take-inbox.ts';
import { createWork } from '../../lib/run/drive/work.ts';
import { type OpenRun, toOpenRun } from '../../lib/run/state/open-run.ts';
import { loadRun } from '../../lib/run/state/stored-run.ts';
import { runScene } from './run-scene.ts';
import { openRun, T0 } from './runs.ts';

export const SECOND = 1_000;
export const RUN = 'nightly-20260102t023000z';
export const OTHER = 'weekly-20260102t023000z';

const own = { phone_id: 'p', attempt: 1 };
export const intent: RunEvent = { type: 'intent', at: T0, window: 'w1', attempts: [own] };
export const accepted: RunEvent = {
  ...{ type: 'accepted', at: T0, ...own },
  ...{ job_id: 'j-p', request_id: 'r-p' },
};
export const ended: RunEvent = { type: 'ended', at: T0, ...own, result: 'succeeded' };
export const cancelSeen: RunEvent = { type: 'cancel_seen', at: T0 };
export const skipped: Partial<PlannedPhone> = {
  verdict: { outcome: 'skipped', reason: 'stopped' },
};

/** A scene of runs, and what a drive has in hand there. */
export function driveScene(cph: Partial<RunDeps['cph']> = {}) {
  const scene = runScene(cph);
  const { store, deps } = scene;
  const remembered = new Map<string, OpenRun>();
  const work = createWork({ remembered, orphaned: [] }, T0);
  const removed: string[][] = [];
  const remove = store.remove;
  deps.store.remove = async (keys) => (removed.push(keys), remove(keys));
  const hold = (...runs: OpenRun[]) => {
    for (const run of runs) work.runs.set(run.runId, run);
  };
  return {
    ...{ ...scene, work, remembered, removed, hold },
    take: async () => {
      await takeInbox(deps, work, await listOpen(store));
      await readRuns(deps, work, deps.until);
      await takeCancels(deps, work);
    },
    /** Requests a run, and plans it when its phones are given. */
    request: async (runId: string, phones?: PlannedPhone[]) => {
      const run = openRun(runId, phones ?? []);
      await putRequest(store, run.request);
      if (phones !== undefined && run.plan !== undefined) {
        await writePlan(store, run.plan, phones);
      }
    },
    load: async (runId: string): Promise<OpenRun> => {
      const stored = await loadRun(store, runId, T0);
      if (stored === undefined) throw new Error(`no run ${runId}`);
      const run = toOpenRun(stored);
      hold(run);
      return run;
    },
    logTypes: async (runId = RUN) => (await readLog(store, runId)).map(({ type }) => type),
    keys: async (prefix: string) => (await store.list(prefix)).map(({ key }) => key),
  };
}

export type DriveScene = ReturnType<typeof driveScene>;
