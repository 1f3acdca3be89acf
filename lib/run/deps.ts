import type { Clock, Random } from '../clock.ts';
import type { Cph } from '../cloud/cph/cph.ts';
import type { Obs } from '../cloud/obs/obs.ts';
import type { Smn } from '../cloud/smn.ts';
import type { Limits } from '../ledger/state/limits.ts';
import type { Store } from '../ledger/store/store.ts';
import type { Candidate } from '../policy/selection/select.ts';
import type { Meter } from './meter.ts';

/** What the engine keeps of a listed phone. */
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

/** Everything a run needs from outside, time and chance included. */
export type RunDeps = {
  clock: Clock;
  random: Random;
  log: LogPort;
  meter: Meter;
  store: Store;
  cph: Cph;
  archives: Pick<Obs, 'head' | 'list' | 'tail' | 'remove'>;
  topic: Smn;
  topicUrn: string;
  /** Where the ledger lies: no archive may be aimed into it. */
  ledger: { bucket: string; prefix: string };
};

/** The name that this invocation writes under, and a counter: together they make a key of its own. */
export type Writer = { name: string; next(): number };

export function createWriter(name: string): Writer {
  let count = 0;
  return { name, next: () => (count += 1) };
}

/** What the work of one drive needs: `RunDeps` and what this invocation may do. */
export type DriveDeps = RunDeps & {
  writer: Writer;
  /** No work is begun after this time (epoch ms). */
  until: number;
  /** False once another invocation holds the lease. */
  stillHeld(): Promise<boolean>;
  /** The service's limits as far as they are known; replaced whenever a call teaches more. */
  learned: { limits: Limits };
};
