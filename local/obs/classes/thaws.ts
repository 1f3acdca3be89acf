import { between, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { ObjectRecord } from '../storage/backend.ts';
import { isArchive } from './classes.ts';

export type Tier = 'Expedited' | 'Standard';

/** What HEAD shows of an archived object. Times in epoch ms, real. */
type ThawState = { kind: 'cold' } | { kind: 'thawing' } | { kind: 'readable'; until: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Simulated time until an object can be read (obs_04_0087; the price page of OBS). */
const DURATIONS = {
  GLACIER: { Expedited: [MINUTE, 5 * MINUTE], Standard: [3 * HOUR, 5 * HOUR] },
  DEEP_ARCHIVE: { Expedited: [3 * HOUR, 5 * HOUR], Standard: [5 * HOUR, 12 * HOUR] },
} as const;

/** The readable copies of archived objects. They end with the process. */
export type Thaws = {
  /** Returns undefined for an object of another class. */
  stateOf(bucket: string, record: ObjectRecord): ThawState | undefined;
  isReadable(bucket: string, record: ObjectRecord): boolean;
  /** Starts to restore a cold object, or keeps a readable copy for `days` from now if that is longer. */
  start(bucket: string, record: ObjectRecord, days: number, tier: Tier): void;
};

/** `readyAt` in simulated time, `until` in real time. */
type Thaw = { readyAt: number; days: number; until?: number };

export function createThaws({ time, random }: { time: Time; random: Random }): Thaws {
  const thaws = new Map<string, Thaw>();
  const nameOf = (bucket: string, { key, etag, lastModified }: ObjectRecord): string =>
    `${bucket}/${key}#${etag}@${lastModified}`;

  const stateOf: Thaws['stateOf'] = (bucket, record) => {
    if (!isArchive(record.storageClass)) return undefined;
    const thaw = thaws.get(nameOf(bucket, record));
    if (thaw === undefined) return { kind: 'cold' };
    if (time.simulated() < thaw.readyAt) return { kind: 'thawing' };
    thaw.until ??= time.now() + thaw.days * DAY;
    return time.now() < thaw.until ? { kind: 'readable', until: thaw.until } : { kind: 'cold' };
  };

  return {
    stateOf,
    isReadable: (bucket, record) => (stateOf(bucket, record)?.kind ?? 'readable') === 'readable',
    start(bucket, record, days, tier) {
      const { storageClass } = record;
      if (storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE') return;
      const state = stateOf(bucket, record);
      const name = nameOf(bucket, record);
      if (state?.kind === 'readable') {
        const until = Math.max(state.until, time.now() + days * DAY);
        thaws.set(name, { readyAt: 0, days, until });
        return;
      }
      const [min, max] = DURATIONS[storageClass][tier];
      thaws.set(name, { readyAt: time.simulated() + between(random, min, max), days });
    },
  };
}
