import { listOpen } from '../../lib/ledger/run/request.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { schedule, type ScheduleMemory } from '../../lib/run/schedule/schedule.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 01:00 in Shanghai; the slot is at 02:30 and should be over at 06:30. */
export const START = Date.UTC(2026, 0, 1, 17);

export type Told = {
  kind: string;
  id: string;
  policy: string;
  reason?: string;
  run_id: string | null;
};

export async function told(world: Night): Promise<Told[]> {
  const messages = await world.cloud.control.messages();
  return messages.map(
    ({ message_structure }) =>
      JSON.parse((JSON.parse(message_structure ?? '{}') as { https: string }).https) as Told,
  );
}

export async function notification(world: Night): Promise<string[]> {
  return (await told(world))
    .filter(({ kind }) => kind === 'stale' || kind === 'recovered')
    .map(({ kind }) => kind);
}

export const state = async (world: Night): Promise<string | undefined> =>
  (await policyStatuses(world.invocation().deps, world.clock.now()))[0]?.freshness;

/**
 * Days from 01:00 to 01:00 as they matter here: the slot falls due, and it should be over. `memory` is what the schedule's
 * instance keeps; without it every one is cold.
 */
export async function live(world: Night, days: number, memory?: ScheduleMemory): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const begun = world.clock.now();
    for (const at of [0, 91 * MINUTE, 5.6 * HOUR, 24 * HOUR]) {
      const left = begun + at - world.clock.now();
      if (left > 0) world.clock.move(left);
      if (at < 24 * HOUR) await lookup(world, memory);
    }
  }
}

export async function lookup(world: Night, memory: ScheduleMemory = {}): Promise<void> {
  const { deps, clients } = world.invocation();
  const wake = { functiongraph: clients.functiongraph, driveUrn: undefined };
  await schedule({ ...deps, wake }, { time: world.clock.now(), policy: undefined }, memory);
  for (let drives = 0; drives < 10; drives += 1) {
    if ((await world.drive()).open === 0) return;
    world.clock.move(MINUTE);
  }
}

export const storeOf = (world: Night) => world.invocation().deps.store;
export const hintsOf = async (world: Night) => (await listOpen(storeOf(world))).hints;

const failing = {
  service: 'cph',
  operation: 'batch-storage',
  kind: 'job_failed',
  code: 'CPS.0107',
};

export async function startDays(options: Parameters<typeof night>[0] = {}): Promise<Night> {
  const world = await night({ phones: 2, servers: 1, seed: 4, start: START, ...options });
  await world.putPolicy(NIGHTLY);
  return world;
}

export const breakDown = (world: Night): void =>
  void world.cloud.control.addFault(failing as Parameters<typeof world.cloud.control.addFault>[0]);
