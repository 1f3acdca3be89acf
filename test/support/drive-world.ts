import type { Job, StorageInfo } from '../../lib/cloud/cph/job.ts';
import type { putMissed } from '../../lib/ledger/hints/missed-slots.ts';
import { type OrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { readLease } from '../../lib/ledger/lease/stored-lease.ts';
import { type PlannedPhone, writePlan } from '../../lib/ledger/run/plan.ts';
import { putRequest } from '../../lib/ledger/run/request.ts';
import { drive, type DriveOptions } from '../../lib/run/drive/drive.ts';
import { type AgendaClock, agendaClock } from '../../testing/play-clock.ts';
import { runScene } from './run-scene.ts';
import { MINUTE, openRun, T0 } from './runs.ts';

import { SECOND } from './drive-scene.ts';

/** A cloud in memory whose exports take `exportMs`. Records calls with their seconds since T0. */
export function driveWorld(exportMs = 10 * SECOND, clock: AgendaClock = agendaClock(T0)) {
  const seconds = () => (clock.now() - T0) / SECOND;
  const sent: [at: number, ids: string[]][] = [];
  const polls: number[] = [];
  const jobs = new Map<string, { info: StorageInfo; requestId: string; endsAt: number }>();
  const world = runScene(
    {
      batchStorage: async (infos) => {
        sent.push([seconds(), infos.map(({ phone_id }) => phone_id)]);
        const requestId = `r${sent.length}`;
        const started = infos.map((info) => {
          const job_id = `j-${info.phone_id}-${sent.length}`;
          jobs.set(job_id, { info, requestId, endsAt: clock.now() + exportMs });
          return { phone_id: info.phone_id, job_id };
        });
        return { request_id: requestId, jobs: started };
      },
      listJobs: async (ids) => {
        polls.push(seconds());
        return [...jobs].flatMap(([job_id, { info, requestId, endsAt }]): Job[] => {
          if (!ids.includes(requestId)) return [];
          const isOver = clock.now() >= endsAt;
          if (isOver) world.land(info.object_path);
          return [{ job_id, phone_id: info.phone_id, state: isOver ? 'succeeded' : 'running' }];
        });
      },
    },
    clock,
  );
  const request = async (runId: string, phones: PlannedPhone[]) => {
    const run = openRun(runId, phones);
    await putRequest(world.store, run.request);
    if (run.plan !== undefined) await writePlan(world.store, run.plan, phones);
  };
  const driveOnce = (options: Partial<DriveOptions> = {}) =>
    drive(world.deps, {
      ...{ until: T0 + 50 * SECOND, ttlMs: 90 * SECOND, holder: 'a' },
      ...options,
    });
  /** Drives every minute until nothing is open, at most `max` minutes. */
  const driveMinutes = async (max: number, options: Partial<DriveOptions> = {}) => {
    for (let minute = 0; minute < max; minute += 1) {
      const startedAt = clock.now();
      if ((await driveOnce({ ...options, until: startedAt + 50 * SECOND })).open === 0) return;
      clock.move(startedAt + MINUTE - clock.now());
    }
  };
  const keys = async (prefix: string) => (await world.store.list(prefix)).map(({ key }) => key);
  const lease = (epoch = 1) => readLease(world.store, layout.lease(epoch));
  return {
    ...{ ...world, clock, seconds, exports: sent, polls, keys, lease },
    ...{ request, drive: driveOnce, driveMinutes },
  };
}

export const missedSlots = (n = 1): Parameters<typeof putMissed>[1] => {
  const stamp = `2026010${n}T000000Z`;
  return { policy: 'nightly', reason: 'too_late', first: stamp, last: stamp, slots: 1 };
};
export const orphanedJobOf = (run_id: string, phone_id: string): OrphanedJobs => ({
  ...{ run_id, policy: 'nightly', bucket: 'backups', folder: 'nightly' },
  ...{ busy_until: T0 + 60 * MINUTE, until: T0 + 60 * MINUTE },
  attempts: [
    {
      ...{ phone_id, phone_name: '', server_id: 's9', attempt: 1 },
      jobs: [{ job_id: `orphaned-${phone_id}`, request_id: `orphaned-${phone_id}` }],
    },
  ],
});

export type DriveWorld = ReturnType<typeof driveWorld>;
