import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { CallCounts } from '../../local/api/calls.ts';
import type { Limits } from '../../local/cph/world/settings.ts';
import { fastClock, fastProcess } from '../../testing/fast-time.ts';
import { type FunctionProcess, startFunction } from '../../testing/function-process.ts';
import { startFunctions } from '../../testing/functions.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { median } from '../results.ts';
import { childIds, usageOf } from './process-usage.ts';

export type NightRow = {
  phones: number;
  exported: number;
  /** From the timer to the end of the last drive, in the cloud's time. */
  minutes: number;
  /** The peak of `drive`, in MB of 2^20 bytes. */
  rss_mb: number;
  schedule_rss_mb: number;
  /** Both processes together, loading included. */
  cpu_s: number;
  cph_calls: number;
  obs_calls: number;
  /** Drives that ended with an error, such as a call without a response on a busy machine. */
  failed_drives: number;
  gb_s: number;
  /** One tick of `schedule` and `drive` together when nothing is open: this machine's time, and calls. */
  idle_ms: number;
  idle_calls: number;
};

/** As serverless.yml deploys it, in GB. */
const DRIVE_GB = 0.25;
const DEFAULT_PREFIX = 'phonevault/';
const MINUTE = 60_000;
const MAX_MINUTES = 600;
const PHONES_A_SERVER = 60;
const IDLE_TICKS = 15;
const LARGE = 20_000;
const MB = 2 ** 20;

/** What a large account may have been granted, and a usual one. */
const GENEROUS: Partial<Limits> = {
  ...{ writesPerMinute: 600, storageInfosPerCall: 50, readsPerMinute: 600, exportsPerServer: 16 },
};
const USUAL: Partial<Limits> = {
  ...{ writesPerMinute: 60, storageInfosPerCall: 10, readsPerMinute: 140, exportsPerServer: 4 },
};

/** True where the kernel tells what a process takes. */
export const isMeasurable = (): boolean => existsSync('/proc/self/status');

/**
 * Plays one night of a fleet. `speed`: how much faster the time of the cloud and of the processes runs than this machine's; the
 * processor's work does not, so that a high speed makes drives seem longer.
 */
export async function measureNight(
  phones: number,
  { speed = phones > LARGE ? 3 : 15 }: { speed?: number },
): Promise<NightRow> {
  const time = { start: Date.now(), speed };
  const clock = fastClock(time);
  const functions = await startFunctions(
    {},
    {
      ...{ phones, servers: Math.ceil(phones / PHONES_A_SERVER), seed: 11, clock },
      limits: phones > LARGE ? GENEROUS : USUAL,
      timings: { exportBase: 50_000 },
    },
  );
  const { cloud, dist, settings } = functions;
  const keyOf = (path: string): string => `${DEFAULT_PREFIX}${path}`;
  const start = async (name: string): Promise<{ call: FunctionProcess; pid: number }> => {
    const before = new Set(await childIds());
    const call = startFunction({
      ...{ dist, name, settings, projectId: cloud.projectId, credentials: cloud.credentials },
      onLine: () => undefined,
      nodeOptions: `--import ${fastProcess(time)}`,
    });
    const pid = (await childIds()).find((id) => !before.has(id));
    if (pid === undefined) throw new Error(`${name} did not start`);
    return { call, pid };
  };
  const policy = NIGHTLY.replace('deadline: 2h', 'deadline: 12h');
  await functions.putPolicy(policy.replace('"*"', `"*", max_phones: ${phones}`));
  const schedule = await start('schedule');
  const drive = await start('drive');
  try {
    const began = clock.now();
    const requested = (await schedule.call.invoke(timerEvent(began, 'nightly'))) as {
      requested: [string];
    };
    const [runId] = requested.requested;
    let driving = 0;
    let failedDrives = 0;
    for (
      let minute = 0;
      (await cloud.backend.stat(cloud.bucket, keyOf(layout.request(runId)))) !== undefined;
      minute += 1
    ) {
      if (minute > MAX_MINUTES) throw new Error(`${runId} is not settled`);
      const from = clock.now();
      // A drive whose call got no response ends; the next one continues, as on FunctionGraph.
      await drive.call.invoke(timerEvent(from, '')).catch(() => (failedDrives += 1));
      driving += clock.now() - from;
      await sleep(Math.max(0, from + MINUTE - clock.now()) / speed);
    }
    const ended = clock.now();
    const counts = cloud.control.calls();
    const [own, scheduled] = [await usageOf(drive.pid), await usageOf(schedule.pid)];
    const report = await cloud.backend.read(cloud.bucket, keyOf(layout.report(runId)));
    const { counts: outcomes } = JSON.parse(Buffer.from(report?.body ?? []).toString()) as {
      counts: { exported: number };
    };
    const idle = await measureIdle([schedule.call, drive.call], clock.now, () =>
      total(cloud.control.calls()),
    );
    return {
      phones,
      exported: outcomes.exported,
      minutes: (ended - began) / MINUTE,
      rss_mb: own.peak / MB,
      schedule_rss_mb: scheduled.peak / MB,
      cpu_s: own.cpu + scheduled.cpu,
      cph_calls: total({ cph: counts.cph ?? {} }),
      obs_calls: total({ obs: counts.obs ?? {} }),
      failed_drives: failedDrives,
      gb_s: (driving / 1000) * DRIVE_GB,
      ...idle,
    };
  } finally {
    await Promise.all([schedule.call.kill(), drive.call.kill()]);
    await functions.stop();
  }
}

/** Returns the event of a timer that fires at `now` (epoch ms). */
const timerEvent = (now: number, policy: string): object => ({
  ...{ version: 'v1.0', time: new Date(now).toISOString(), trigger_type: 'TIMER' },
  ...{ trigger_name: policy || 'every-minute', user_event: policy },
});

async function measureIdle(
  ticks: FunctionProcess[],
  now: () => number,
  calls: () => number,
): Promise<Pick<NightRow, 'idle_ms' | 'idle_calls'>> {
  const times: number[] = [];
  const before = calls();
  for (let tick = 0; tick < IDLE_TICKS; tick += 1) {
    const from = performance.now();
    for (const one of ticks) await one.invoke(timerEvent(now(), ''));
    times.push(performance.now() - from);
  }
  return { idle_ms: median(times), idle_calls: (calls() - before) / IDLE_TICKS };
}

function total(counts: CallCounts): number {
  const operations = Object.values(counts).flatMap((service) => Object.values(service ?? {}));
  return operations.reduce((sum, { ok = 0, refused = 0 }) => sum + ok + refused, 0);
}
