import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../clock.ts';
import { obsStore } from '../ledger/store/obs-store.ts';
import type { RunDeps } from '../run/deps.ts';
import type { Meter } from '../run/meter.ts';
import { createReadings } from '../run/reads/readings.ts';
import type { Wake } from '../run/request/wake-drive.ts';
import type { Clients } from './clients.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

export type WorkDeps = {
  deps: RunDeps;
  wake: Wake;
  /** Unique to this invocation or command. It names its lease and its log entries. */
  holder: string;
};

/** Returns the engine's dependencies, from settings and the services' clients. */
export function workDeps(
  { bucket, prefix, topicUrn = '', driveUrn, keepRuns }: Settings,
  { cph, reads, obs, smn, functiongraph }: Clients,
  { clock, random, log, meter }: { clock: Clock; random: Random; log: Log; meter: Meter },
): WorkDeps {
  return {
    deps: {
      clock,
      random,
      log,
      meter,
      store: obsStore(obs, bucket, prefix),
      cph,
      reads,
      readings: createReadings(),
      archives: obs,
      topic: smn,
      topicUrn,
      ledger: { bucket, prefix },
      keepRuns,
    },
    wake: { functiongraph, driveUrn },
    holder: randomBytes(6).toString('hex'),
  };
}
