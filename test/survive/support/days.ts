import { listOpen } from '../../../lib/ledger/run/request.ts';
import { policyStatuses } from '../../../lib/run/query/policy-status.ts';
import { schedule } from '../../../lib/run/schedule/schedule.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 01:00 in Shanghai; the slot is at 02:30 and its run is due to be over at 06:30. */
export const START = Date.UTC(2026, 0, 1, 17);

type Notification = {
  kind: string;
  id: string;
  policy: string;
  reason?: string;
  run_id: string;
  phones?: object;
  message?: string;
  since?: string;
};

export async function notifications(world: Night): Promise<Notification[]> {
  const messages = await world.cloud.control.messages();
  return messages.map(({ message_structure }) => {
    const { https } = JSON.parse(message_structure ?? '{}') as { https: string };
    return JSON.parse(https) as Notification;
  });
}

/** The kinds of the messages about staleness, oldest first. */
export async function stalenessMessages(world: Night): Promise<string[]> {
  const kinds = (await notifications(world)).map(({ kind }) => kind);
  return kinds.filter((kind) => kind === 'stale' || kind === 'recovered');
}

export const freshness = async (world: Night): Promise<string | undefined> =>
  (await policyStatuses(world.invocation().deps, world.clock.now()))[0]?.freshness;

/** Plays days from 01:00 to 01:00: a cold schedule and its drives at 01:00, when the slot is due and when its run is to be over. */
export async function playDays(world: Night, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const begun = world.clock.now();
    for (const at of [0, 91 * MINUTE, 5.6 * HOUR, 24 * HOUR]) {
      const left = begun + at - world.clock.now();
      if (left > 0) world.clock.move(left);
      if (at < 24 * HOUR) await scheduleAndDrive(world);
    }
  }
}

async function scheduleAndDrive(world: Night): Promise<void> {
  const { deps, wake } = world.invocation();
  await schedule({ ...deps, wake }, { time: world.clock.now(), policy: undefined }, {});
  for (let drives = 0; drives < 10; drives += 1) {
    if ((await world.drive()).open === 0) return;
    world.clock.move(MINUTE);
  }
}

export const storeOf = (world: Night) => world.invocation().deps.store;
export const hintsOf = async (world: Night) => (await listOpen(storeOf(world))).hints;

export async function startDays(options: Parameters<typeof night>[0] = {}): Promise<Night> {
  const world = await night({ phones: 2, servers: 1, seed: 4, start: START, ...options });
  await world.putPolicy(NIGHTLY);
  return world;
}

export function failAllExports({ cloud }: Night): void {
  const exports = { service: 'cph', operation: 'batch-storage' } as const;
  cloud.control.addFault({ ...exports, kind: 'job_failed', code: 'CPS.0107' });
}
