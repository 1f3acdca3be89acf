import type { Clock, Random } from '../clock.ts';
import type { Cph } from '../cloud/cph/cph.ts';
import type { Obs } from '../cloud/obs/obs.ts';
import type { Smn } from '../cloud/smn.ts';
import type { LogEnds, WriterEnds } from '../ledger/run/log/log-ends.ts';
import type { Limits } from '../ledger/state/limits.ts';
import type { Register } from '../ledger/state/notified/unreadable.ts';
import type { Store } from '../ledger/store/store.ts';
import type { Candidate } from '../policy/selection/select.ts';
import type { Meter } from './meter.ts';
import type { ReadBudget } from './reads/read-budget.ts';
import type { Readings } from './reads/readings.ts';

/** Returns the fields of a listed phone that a run uses. */
export function toCandidate(
  phone: Omit<Candidate, 'image_version'> & { image_version?: string | undefined },
): Candidate {
  const { phone_id, phone_name, server_id, status, image_version } = phone;
  return {
    phone_id,
    phone_name,
    server_id,
    status,
    ...(image_version === undefined ? {} : { image_version }),
  };
}

type Fields = Record<string, string | number | boolean | undefined>;

type LogPort = {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
};

/** What a run needs from outside: clock, random source, log, store and services. */
export type RunDeps = {
  clock: Clock;
  random: Random;
  log: LogPort;
  meter: Meter;
  /** The reads of `cph`. */
  reads: ReadBudget;
  /** What was read of phones and tags. */
  readings: Readings;
  store: Store;
  cph: Cph;
  archives: Pick<Obs, 'head' | 'list' | 'tail' | 'range' | 'purge' | 'restoreObject'>;
  topic: Smn;
  topicUrn: string;
  /** Where the ledger is stored. Archives must not be written into it. */
  ledger: { bucket: string; prefix: string };
  /** How long runs are kept whole (ms); without it, for ever. */
  keepRuns?: number | undefined;
};

/** One drive as it writes to the ledger. */
export type Writer = {
  /** `<epoch>-<holder>`, as no other drive has it. */
  name: string;
  /** Returns 1, 2, and so on: part of the names that this drive gives. */
  next(): number;
  log: LogEnds;
};

/** `earlier`: what LIST may not show yet of the drives before. */
export function createWriter(name: string, earlier: WriterEnds[] = []): Writer {
  let count = 0;
  const log = {
    earlier,
    read: new Set<string>(),
    own: new Map<string, number>(),
    closed: new Set<string>(),
    orphaned: new Map<string, boolean>(),
    shards: new Map<string, boolean>(),
  };
  return { name, next: () => (count += 1), log };
}

/** What one drive needs. */
export type DriveDeps = RunDeps & {
  writer: Writer;
  /** No work starts after this time (epoch ms). */
  until: number;
  /** Returns false once another invocation holds the lease. */
  stillHeld(): Promise<boolean>;
  /** Leaves word of what this drive has written to `open/late/`, which LIST may not show to the next one. */
  noteOrphans(): Promise<void>;
  /** The learned limits of the service. Replaced when a call changes them. */
  learned: { limits: Limits };
  /** Objects of the ledger that cannot be used, by key, and whether that changed since it was written. */
  unreadable: Register & { changed: boolean };
};
