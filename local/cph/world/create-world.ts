import type { FaultRegistry } from '../../faults/fault-registry.ts';
import { createRandom } from '../../simulation/random.ts';
import { createThaws, type Thaws } from '../../obs/classes/thaws.ts';
import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { Time } from '../../simulation/time.ts';
import { defaultFleet, type FleetSpec } from './default-fleet.ts';
import { createJobs } from './jobs.ts';
import { scheduleStatusChange } from './lifecycle.ts';
import { createFleet } from './fleet.ts';
import {
  defaultTimings,
  drawLimits,
  type Limits,
  type Switches,
  switchesSchema,
  type Timings,
} from './settings.ts';
import { createTimeline } from '../../simulation/timeline.ts';
import { createTraces, type Trace } from './traces.ts';
import type { World } from './world.ts';

/** In a larger fleet each phone has only a few hundred bytes. */
const MAX_PHONES_WITH_RICH_FILES = 500;

export type WorldOptions = {
  seed: number;
  time: Time;
  faults: FaultRegistry;
  backend: ObjectBackend;
  /** Which archived objects can be read. */
  thaws?: Thaws;
  projectId: string;
  domain: { id: string; name: string };
  user: { id: string; name: string };
  phones: number;
  servers: number;
  /** Overrides `phones` and `servers`. */
  fleet?: FleetSpec | undefined;
  limits?: Partial<Limits> | undefined;
  switches?: Partial<Switches> | undefined;
  timings?: Partial<Timings> | undefined;
  onTrace?: ((trace: Trace) => void) | undefined;
};

/** Returns the state of CPH for one project when the cloud starts. */
export function createWorld(options: WorldOptions): World {
  const { seed, time, faults, backend } = options;
  const stream = (name: string) => createRandom(seed, `cph/${name}`);
  const spec =
    options.fleet ??
    defaultFleet({ phones: options.phones, servers: options.servers, random: stream('spec') });
  const timings = { ...defaultTimings, ...options.timings };
  const limits = drawLimits(stream('limits'), options.limits);
  const switches = switchesSchema.parse(options.switches ?? {});
  const timeline = createTimeline(time);
  const fleet = createFleet({ spec, random: stream('fleet'), timings, now: time.now() });
  const world: World = {
    seed,
    fleet,
    timeline,
    timings,
    limits,
    switches,
    faults,
    backend,
    thaws: options.thaws ?? createThaws({ time, random: stream('thaws') }),
    random: stream('operations'),
    jobs: createJobs({
      timeline,
      timings,
      random: stream('jobs'),
      limits,
      onePerPhone: () => switches.busyPhones === 'queue',
    }),
    traces: createTraces({
      random: stream('traces'),
      projectId: options.projectId,
      domain: options.domain,
      user: options.user,
      onTrace: options.onTrace,
    }),
    fileStyle: fleet.order.length > MAX_PHONES_WITH_RICH_FILES ? 'tiny' : 'rich',
    archiveVersions: new Map(),
    lastStamp: 0,
  };
  for (const phone of fleet.order) scheduleStatusChange(world, phone);
  return world;
}
