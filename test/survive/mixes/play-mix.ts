import type { Send } from '../../../lib/cloud/request/send.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { type Night, night } from '../../../testing/night.ts';
import { faultFreeFrom, faultsAt, type Mix, MINUTE, type TimedFault } from './draw-mix.ts';
import { faultyNetwork, type NetworkFault, operationOf, sentTwice } from './network-faults.ts';

/** An export that the cloud started. Times in epoch ms. */
type StartedExport = {
  phoneId: string;
  key: string;
  at: number;
  jobId: string;
  /** The network had sent the request twice. */
  isTwin: boolean;
};

/** How often a drive made each call, by operation and address. */
export type CallCounts = Map<string, number>;

export type Played = {
  mix: Mix;
  world: Night;
  runIds: string[];
  exports: StartedExport[];
  /** The calls of each drive. */
  drives: CallCounts[];
};

type Kill = { call: number; after: boolean };

const LIMIT_MS = MINUTE;
const MAX_MINUTES = 28 * 60;
const never = new Promise<never>(() => undefined);

/** Plays the night of a mix until nothing is open. Throws when it never ends, or when an error escapes that is none of ours. */
export async function playMix(mix: Mix): Promise<Played> {
  const { world, runIds } = await startNight(mix);
  const random = createRandom(mix.seed, 'play');
  const { clock, cloud } = world;
  let network: NetworkFault[] = [];
  const exports: StartedExport[] = [];
  const faulty = faultyNetwork(world.send, clock, random, () => network);
  const send = recordExports(world, exports, faulty);
  const memory = new Map<string, OpenRun>();
  const drives: CallCounts[] = [];

  const start = clock.now();
  const faultFree = faultFreeFrom(mix);
  let set: TimedFault[] = [];
  for (;;) {
    const minute = Math.floor((clock.now() - start) / MINUTE);
    const faults = faultsAt(mix, minute);
    if (faults.length !== set.length || faults.some((fault) => !set.includes(fault))) {
      cloud.control.clearFaults();
      for (const one of faults) if ('fault' in one) cloud.control.addFault(one.fault);
      network = faults.flatMap((one) => ('network' in one ? [one.network] : []));
      set = faults;
    }
    if (minute >= faultFree && (await openKeys(world)).length === 0) break;
    if (minute > MAX_MINUTES) throw new Error(`still open: ${(await openKeys(world)).join(' ')}`);
    const next = clock.now() + stride(minute, faultFree) * MINUTE;
    const isKilled = minute < faultFree && random() < mix.kills;
    if (minute < faultFree && random() < mix.cold) memory.clear();
    const kill = { call: 1 + Math.floor(random() * 50), after: random() < 0.5 };
    drives.push(await driveOnce(world, send, memory, isKilled ? kill : undefined));
    if (clock.now() < next) clock.move(next - clock.now());
  }
  // The jobs that still run at the cloud end, too.
  clock.move(3 * 60 * MINUTE);
  await cloud.advance();
  return { mix, world, runIds, exports, drives };
}

/** The night as it begins: states set, policies put, their runs requested. */
async function startNight(mix: Mix): Promise<{ world: Night; runIds: string[] }> {
  const world = await night(mix.cloud);
  const phones = await world.cloud.control.phones();
  for (const [index, status] of mix.states.entries()) {
    await world.cloud.control.setStatus(phones[index]?.phone_id ?? '', status);
  }
  const runIds: string[] = [];
  for (const { name, text } of mix.policies) await world.putPolicy(text, name);
  // Long enough ago for a LIST that lags.
  world.clock.move(MINUTE);
  for (const { name } of mix.policies) runIds.push(await world.requestRun(name));
  return { world, runIds };
}

/** One drive, killed by `kill` or by its time limit. Returns the calls that it made. */
async function driveOnce(
  world: Night,
  sendOn: Send,
  memory: Map<string, OpenRun>,
  kill: Kill | undefined,
): Promise<CallCounts> {
  const { clock } = world;
  const counts: CallCounts = new Map();
  const started = clock.now();
  let calls = 0;
  let dead = false;
  let die = (): void => undefined;
  const killed = new Promise<void>((resolve) => {
    die = () => {
      dead = true;
      resolve();
    };
  });
  const over = () => dead || clock.now() >= started + LIMIT_MS;
  const send: Send = async (request) => {
    calls += 1;
    if (over() || (calls === kill?.call && !kill.after)) return (die(), never);
    const name = `${operationOf(request)} ${request.url}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const call = calls;
    const result = await sendOn(request).then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (over() || (call === kill?.call && kill.after)) return (die(), never);
    return result();
  };
  const { deps, timeLeft, holder } = world.invocation({}, send);
  const drove = drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder, memory }).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof PhonevaultError)) throw error;
    },
  );
  await Promise.race([drove, killed]);
  if (dead) memory.clear();
  return counts;
}

/** Minutes until the next drive: the longer a phase lasts, the less there is to see. */
function stride(minute: number, faultFree: number): number {
  if (minute < faultFree) return minute < 4 ? 1 : minute < 12 ? 2 : 4;
  const since = minute - faultFree;
  if (since < 2) return 1;
  if (since < 30) return 5;
  return since < 180 ? 20 : 90;
}

async function openKeys({ cloud }: Night): Promise<string[]> {
  const listed = await cloud.backend.list(cloud.bucket, `phonevault/${layout.open}`);
  return listed.map(({ key }) => key);
}

/** Records every export that the cloud starts, whatever it responds. */
function recordExports({ cloud, clock }: Night, exports: StartedExport[], send: Send): Send {
  const { jobs } = cloud.world;
  return async (request) => {
    if (operationOf(request) !== 'cph batch-storage') return send(request);
    const before = new Set(jobs.byId.keys());
    const at = clock.now();
    const { storage_infos } = JSON.parse(String(request.body)) as {
      storage_infos: { phone_id: string; object_path: string }[];
    };
    try {
      return await send(request);
    } finally {
      for (const [jobId, job] of jobs.byId) {
        if (before.has(jobId)) continue;
        const info = storage_infos.find(({ phone_id }) => phone_id === job.phoneId);
        // Another call started it, at the same time.
        if (info === undefined) continue;
        const key = info.object_path;
        exports.push({ phoneId: job.phoneId, key, at, jobId, isTwin: sentTwice.has(request) });
      }
    }
  };
}
