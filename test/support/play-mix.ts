import { PhonevaultError } from '../../lib/errors.ts';
import type { Send } from '../../lib/cloud/request/send.ts';
import { readLog } from '../../lib/ledger/run/log.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { readReport, readReportedPhones } from '../../lib/ledger/run/report.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import { createRandom } from '../../local/simulation/random.ts';
import { honestFrom, type Lie, liesAt, type Mix, MINUTE } from './mixes.ts';
import { type Night, night } from '../../testing/night.ts';
import { lyingWire, operationOf, sentTwice, type WireLie } from './wire.ts';

/** An export that the cloud took on. Times in epoch ms. */
type Taken = { phoneId: string; key: string; at: number; jobId: string; isTwin: boolean };

export type Played = {
  mix: Mix;
  world: Night;
  runIds: string[];
  taken: Taken[];
  /** How often each call was made, by operation and address, one record a drive. */
  drives: Map<string, number>[];
  /** Virtual minutes that were played. */
  minutes: number;
};

const LIMIT_MS = MINUTE;
const LONGEST_NIGHT = 28 * 60;
const never = new Promise<never>(() => undefined);

/** Plays one night of a mix until nothing is open any more. Throws when it never ends, or when a mistake of ours escapes. */
export async function playMix(mix: Mix): Promise<Played> {
  const world = await night(mix.cloud);
  const random = createRandom(mix.seed, 'play');
  const { clock, cloud } = world;
  const phones = await cloud.control.phones();
  for (const [index, status] of mix.states.entries()) {
    await cloud.control.setStatus(phones[index]?.phone_id ?? '', status);
  }
  const runIds: string[] = [];
  for (const { name, text } of mix.policies) await world.putPolicy(text, name);
  // Policies were put some time ago: a LIST that lags shows them.
  clock.move(MINUTE);
  for (const { name } of mix.policies) runIds.push(await world.ask(name));

  let wire: WireLie[] = [];
  const taken: Taken[] = [];
  const lying = noting(
    world,
    taken,
    lyingWire(world.send, clock, random, () => wire),
  );
  const memory = new Map<string, OpenRun>();
  const drives: Map<string, number>[] = [];

  const driveOnce = async (kill: { call: number; after: boolean } | undefined): Promise<void> => {
    const counts = new Map<string, number>();
    drives.push(counts);
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
      const asked = `${operationOf(request)} ${request.url}`;
      counts.set(asked, (counts.get(asked) ?? 0) + 1);
      const call = calls;
      const answer = await lying(request).then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      if (over() || (call === kill?.call && kill.after)) return (die(), never);
      return answer();
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
  };

  const start = clock.now();
  const honest = honestFrom(mix);
  const minuteOf = () => Math.floor((clock.now() - start) / MINUTE);
  let told: Lie[] = [];
  for (;;) {
    const minute = minuteOf();
    const lies = liesAt(mix, minute);
    if (lies.length !== told.length || lies.some((lie) => !told.includes(lie))) {
      cloud.control.clearFaults();
      for (const lie of lies) if ('fault' in lie) cloud.control.addFault(lie.fault);
      wire = lies.flatMap((lie) => ('wire' in lie ? [lie.wire] : []));
      told = lies;
    }
    if (minute >= honest && (await openKeys(world)).length === 0) break;
    if (minute > LONGEST_NIGHT) throw new Error(`still open: ${(await openKeys(world)).join(' ')}`);
    const next = clock.now() + stride(minute, honest) * MINUTE;
    const isKilled = minute < honest && random() < mix.kills;
    if (minute < honest && random() < mix.cold) memory.clear();
    const kill = { call: 1 + Math.floor(random() * 50), after: random() < 0.5 };
    await driveOnce(isKilled ? kill : undefined);
    if (clock.now() < next) clock.move(next - clock.now());
  }
  const minutes = minuteOf();
  // What still runs at the cloud comes to its end, too.
  clock.move(3 * 60 * MINUTE);
  await cloud.advance();
  return { mix, world, runIds, taken, drives, minutes };
}

/** Minutes to the next drive: the longer the cloud has lied or behaved, the less there is to see. */
function stride(minute: number, honest: number): number {
  if (minute < honest) return minute < 4 ? 1 : minute < 12 ? 2 : 4;
  const honestFor = minute - honest;
  if (honestFor < 2) return 1;
  if (honestFor < 30) return 5;
  return honestFor < 180 ? 20 : 90;
}

async function openKeys({ cloud }: Night): Promise<string[]> {
  const listed = await cloud.backend.list(cloud.bucket, `phonevault/${layout.open}`);
  return listed.map(({ key }) => key);
}

/** Notes every export that the cloud takes on, whatever it says about it. */
function noting({ cloud, clock }: Night, taken: Taken[], send: Send): Send {
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
        const key = info?.object_path ?? '';
        taken.push({ phoneId: job.phoneId, key, at, jobId, isTwin: sentTwice.has(request) });
      }
    }
  };
}

/**
 * The calls of a drive, at most, over a fleet of up to six phones in two runs, whatever the cloud does. Those that read a run's
 * log are not in the sum: there are as many as it has entries, when an instance does not know it yet.
 */
const READS_OF_AN_ENTRY = 6;
const CALLS_OF_A_KIND = 60;
const CALLS_IN_ALL = 150;

const isLogRead = (call: string): boolean => /^obs GET .*\/log\//.test(call);

function hotLoops({ drives }: Played): string[] {
  return drives.flatMap((counts) => {
    const sums = new Map<string, number>();
    const hot = [...counts].filter(([call, n]) => isLogRead(call) && n > READS_OF_AN_ENTRY);
    for (const [call, count] of [...counts].filter(([other]) => !isLogRead(other))) {
      const kind = call.slice(0, call.indexOf(' http'));
      for (const key of [kind, 'all']) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    hot.push(
      ...[...sums].filter(([key, n]) => n > (key === 'all' ? CALLS_IN_ALL : CALLS_OF_A_KIND)),
    );
    return hot.map(([call, count]) => `a drive made ${count} calls: ${call}`);
  });
}

/** What is wrong at the end of a night, in words; nothing when all invariants hold. */
export async function faultsOf(played: Played): Promise<string[]> {
  const { world, runIds } = played;
  const { cloud } = world;
  const { store } = world.invocation().deps;
  const faults: string[] = [];
  const jobsToPoll = new Set<string>();
  const accounted = new Set<string>();
  for (const runId of runIds) {
    const report = await readReport(store, runId);
    if (report === undefined) {
      faults.push(`${runId} has no report`);
      continue;
    }
    const events = await readLog(store, runId);
    // A job that is not to be found any more is a lost answer: nobody can follow it.
    const lost = new Set(
      events.flatMap((event) =>
        event.type === 'ended' && event.result === 'lost' ? [tryIn(event)] : [],
      ),
    );
    for (const event of events) {
      if (event.type === 'accepted' && !lost.has(tryIn(event))) jobsToPoll.add(event.job_id);
    }
    const phones = await readReportedPhones(store, report);
    const ids = phones.map(({ phone_id }) => phone_id);
    if (new Set(ids).size !== ids.length) faults.push(`${runId} tells of a phone twice`);
    if (ids.length !== report.counts.selected) faults.push(`${runId} lacks phones`);
    for (const phone of phones) {
      for (const key of phone.unconfirmed_archive ?? []) accounted.add(key);
      if (phone.outcome !== 'exported') continue;
      accounted.add(phone.key ?? '');
      const stat = await cloud.backend.stat(phone.bucket ?? '', phone.key ?? '');
      if (stat?.size !== phone.size || stat?.etag !== phone.etag) {
        faults.push(`${runId} ${phone.phone_id} exported, but ${phone.key ?? '?'} is not so`);
      }
    }
    for (const { key } of await store.list(`${layout.run(runId)}late/`)) {
      const { body = '{}' } = (await store.get(key)) ?? {};
      accounted.add((JSON.parse(body) as { key: string }).key);
    }
  }
  for (const { key } of await cloud.backend.list(cloud.bucket, '')) {
    if (!key.startsWith('phonevault/') && !accounted.has(key))
      faults.push(`nobody knows of ${key}`);
  }
  const doubles = doubled(played, jobsToPoll);
  return [...faults, ...doubles, ...hotLoops(played), ...(await messageFaults(world, runIds))];
}

function tryIn(event: { phone_id: string; attempt: number }): string {
  return `${event.phone_id} ${event.attempt}`;
}

/**
 * One job a key, and one at a time for a phone; but for one that may run on after its answer was lost, and those that the
 * network asked for once more.
 */
function doubled({ mix, world, taken: all }: Played, jobsToPoll: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const taken = all.filter(({ isTwin }) => !isTwin);
  const keys = taken.map(({ key }) => key);
  for (const key of keys.filter((other, index) => keys.indexOf(other) !== index)) {
    faults.push(`exported twice under ${key}`);
  }
  for (const one of taken) {
    // A job twice as old as an export may become is not waited for any more.
    const policy = mix.policies.find(({ name }) => one.key.startsWith(`${name}/`));
    const longest = 2 * (policy?.exportTimeout ?? 0);
    const end = world.cloud.world.jobs.byId.get(one.jobId)?.end ?? Number.POSITIVE_INFINITY;
    for (const other of taken) {
      if (other === one || other.phoneId !== one.phoneId) continue;
      if (other.at < one.at || other.at >= end) continue;
      const watched = !jobsToPoll.has(one.jobId) && other.at - one.at >= 2 * MINUTE;
      if (!watched && other.at - one.at < longest)
        faults.push(`${one.phoneId} exported at once: ${one.key} and ${other.key}`);
    }
  }
  return faults;
}

async function messageFaults({ cloud }: Night, runIds: string[]): Promise<string[]> {
  const told = (await cloud.control.messages()).map((message) => {
    const structure = JSON.parse(message.message_structure ?? '{}') as { https: string };
    return JSON.parse(structure.https) as { kind: string; id: string; run_id?: string };
  });
  return runIds.flatMap((runId) => {
    const settled = told.filter(({ kind, run_id }) => kind === 'settled' && run_id === runId);
    const ids = new Set(settled.map(({ id }) => id));
    return ids.size === 1 ? [] : [`${runId} was told under ${ids.size} ids`];
  });
}
