import type { FaultRegistry } from '../../faults/fault-registry.ts';
import type { Thaws } from '../../obs/classes/thaws.ts';
import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { Random } from '../../simulation/random.ts';
import { generateFiles, type PhoneFiles } from '../archive/phone-files.ts';
import { ownerOf } from '../archive/owners.ts';
import type { Jobs } from './jobs.ts';
import type { Fleet, Phone } from './fleet.ts';
import type { Limits, Switches, Timings } from './settings.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { Traces } from './traces.ts';

/** The whole state of CPH. */
export type World = {
  seed: number;
  fleet: Fleet;
  jobs: Jobs;
  timeline: Timeline;
  traces: Traces;
  faults: FaultRegistry;
  backend: ObjectBackend;
  thaws: Thaws;
  limits: Limits;
  /** May be changed while the cloud runs. */
  switches: Switches;
  timings: Timings;
  random: Random;
  fileStyle: 'rich' | 'tiny';
  /** The Android version of each archive, by bucket, key and ETag. */
  archiveVersions: Map<string, string>;
  /** The last time that `stamp` returned. */
  lastStamp: number;
};

/** Returns the time of a change on a phone: real time in ms, and later than that of every change before. */
export function stamp(world: World): number {
  world.lastStamp = Math.max(world.timeline.realNow(), world.lastStamp + 0.001);
  return world.lastStamp;
}

/** Returns the files of a phone. */
export function filesOf(world: World, phone: Phone): PhoneFiles {
  const { seed, fileStyle: style } = world;
  const { id: phoneId, generation, imageVersion } = phone;
  return phone.files ?? generateFiles({ seed, phoneId, generation, imageVersion, style });
}

/** Returns the uid of a path of a phone. */
export function uidOf({ seed }: World, { id, generation, owners }: Phone, path: string): number {
  return owners.get(path) ?? ownerOf({ seed, phoneId: id, generation }, path);
}
