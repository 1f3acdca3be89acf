import type { HttpRequest, HttpResponse, Send } from '../../../lib/cloud/request/send.ts';
import { TransportError } from '../../../lib/cloud/request/send.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import { schedule } from '../../../lib/run/schedule/schedule.ts';
import type { Report } from '../../../lib/ledger/run/report.ts';
import { sha256hex } from '../../../lib/ledger/store/digest.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { timerRunId } from '../../../lib/policy/keys/run-id.ts';
import type { ObjectBackend, ObjectRecord } from '../../../local/obs/storage/backend.ts';
import { memoryBackend } from '../../../local/obs/storage/memory-backend.ts';
import { type Night, night } from '../../../testing/night.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { violations } from './invariants.ts';
import { type BadObject, badObject, type ObjectFault } from './object-faults.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 02:30 in Shanghai. The object turns bad in the second night. */
const FIRST_SLOT = Date.UTC(2026, 0, 1, 18, 30);
export const SLOT = FIRST_SLOT + DAY;
/** Minutes for which the object is bad after the slot: long enough for a notification. */
const BAD_MINUTES = 8;
/** Minutes until all is settled afterwards, at most: the pause before the next attempt, and a run. */
const SETTLE_MINUTES = 30;

export const NIGHTLY_RUN = timerRunId('nightly', SLOT);
const WEEKLY_RUN = timerRunId('weekly', SLOT);
export const FIRST_RUN = timerRunId('nightly', FIRST_SLOT);
const FIRST_RUNS = [FIRST_RUN, timerRunId('weekly', FIRST_SLOT)];

const LEDGER = 'phonevault/';

export type SceneWorld = Night & { write(key: string, body: string): Promise<void> };

export type Scene = {
  /** Prepares the ledger before the second night. */
  prepare?: (world: SceneWorld) => Promise<unknown>;
  /** Does something between schedule and drive of the slot. */
  atSlot?: (world: SceneWorld) => Promise<unknown>;
  /** Runs that settled longer ago (ms) are folded. */
  keepRuns?: number;
  /** The topic fails for two minutes once the concerned run has its report, which then has pages. */
  interrupted?: true;
};

type Fate = {
  /** Drives from the request to its notification, while the object was bad; undefined when it did not end. */
  drives: number | undefined;
  /** When it was notified (epoch ms), while the object was bad. */
  at: number | undefined;
  /** The report at the end of the night; undefined when there is none. */
  report: Report | undefined;
  /** When the run was settled while the object was bad: its report was there. */
  settledWhileBad: boolean;
};

export type PlayedNight = {
  nightly: Fate;
  weekly: Fate;
  messages: { kind: string; policy?: string; run_id?: string; object?: { key: string } }[];
  lines: Record<string, unknown>[];
  /** The keys written in the second night, relative to the ledger's prefix. */
  written: Set<string>;
  /** The keys that were read by GET, of the ledger. */
  reads: string[];
  /** All keys of the ledger that there were in the second night. */
  keys: string[];
  /** The longest drive, in ms. */
  longest: number;
  /** The bad object's key. */
  key: string | undefined;
  left: string[];
  violations: string[];
};

export const policyText = (name: string, others: string[], more = ''): string => `
name: ${name}
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*", exclude: { phones: [${others.join(', ')}] } }
export:
  include: [/data/data]
  bucket: phonevault-demo
deadline: 2h
${more}`;

/** What the nights of all scenes begin with: six phones that two policies backed up the night before. */
export type FirstNight = Pick<Night, 'exports' | 'writes'> & {
  objects: { record: ObjectRecord; body: Uint8Array }[];
  archiveVersions: [string, string][];
};

/** Returns a night that waits for the first slot: six phones, half of them in the policy `nightly`, half in `weekly`. */
async function openNight(backend: ObjectBackend): Promise<Night> {
  const clock = playClock(FIRST_SLOT - 2 * MINUTE);
  return night({
    ...{ phones: 6, servers: 2, seed: 5, playOn: clock, backend },
    timings: { exportBase: 70_000, dataBytes: [1, 2] },
  });
}

/** Plays one minute: a schedule, what `between` does, and a drive. Returns how long the drive took (ms). */
async function playMinute(
  world: Night,
  send: Send,
  between?: () => Promise<unknown>,
): Promise<number> {
  const { clock } = world;
  const next = clock.now() + MINUTE;
  const { deps, wake } = world.invocation({}, send);
  const heartbeat = { cron: '0 33 2 * * *', timezone: 'Asia/Shanghai', language: 'en' } as const;
  await schedule({ ...deps, wake, heartbeat }, { time: clock.now(), policy: undefined }, {});
  await between?.();
  const own = world.invocation({}, send);
  const window = driveWindow(clock.now(), own.timeLeft());
  // Every drive is cold: it reads all that it needs.
  const begun = clock.now();
  await drive(own.deps, { ...window, holder: own.holder });
  const took = clock.now() - begun;
  if (clock.now() < next) clock.move(next - clock.now());
  return took;
}

async function openKeys({ cloud }: Night): Promise<string[]> {
  const open = await cloud.backend.list(cloud.bucket, LEDGER + layout.open);
  return open.map(({ key }) => key.slice(LEDGER.length));
}

/** Plays at least `least` minutes, and at most `most` until nothing is open. Returns how long the longest drive took (ms). */
async function playMinutes(world: Night, send: Send, least: number, most: number): Promise<number> {
  let longest = 0;
  for (let each = 0; each < most; each += 1) {
    if (each >= least && (await openKeys(world)).length === 0) break;
    longest = Math.max(longest, await playMinute(world, send));
  }
  return longest;
}

/** Plays the first night of two policies, `nightly` and `weekly`. Throws when it violates an invariant. */
export async function playFirstNight(): Promise<FirstNight> {
  const world = await openNight(memoryBackend());
  const phones = (await world.cloud.control.phones()).map(({ phone_id }) => phone_id);
  const nightly = policyText('nightly', phones.slice(3), 'on_provisioned: true\n');
  await world.putPolicy(nightly, 'nightly');
  await world.putPolicy(policyText('weekly', phones.slice(0, 3)), 'weekly');
  await playMinutes(world, world.send, 6, 20);
  const found = await violations(world);
  if (found.length > 0) throw new Error(found.join('\n'));

  const { backend, bucket, world: cph } = world.cloud;
  const objects: FirstNight['objects'] = [];
  for (const { key } of await backend.list(bucket, '')) {
    const object = await backend.read(bucket, key);
    if (object !== undefined) objects.push(object);
  }
  const { exports, writes } = world;
  return { exports, writes, objects, archiveVersions: [...cph.archiveVersions] };
}

/** Returns the world as the first night left it, in the second one. */
async function afterFirstNight(first: FirstNight): Promise<SceneWorld> {
  const backend = memoryBackend();
  const started = await openNight(backend);
  const { clock, cloud } = started;
  for (const { record, body } of first.objects) {
    const { lastModified } = record;
    await backend.write(cloud.bucket, record.key, body, { lastModified });
  }
  for (const [id, version] of first.archiveVersions) cloud.world.archiveVersions.set(id, version);
  started.exports.push(...first.exports);
  started.writes.push(...first.writes);
  clock.move(SLOT - 2 * MINUTE - clock.now());
  const write = async (key: string, body: string): Promise<void> => {
    const facts = { lastModified: clock.now() };
    await backend.write(cloud.bucket, LEDGER + key, Buffer.from(body), facts);
  };
  return { ...started, write };
}

/** Plays the second night. An object is bad in it, as `fault` says. */
export async function playNight(
  first: FirstNight,
  scene: Scene,
  bad?: { pattern: RegExp; fault: ObjectFault },
): Promise<PlayedNight> {
  const world = await afterFirstNight(first);
  const { clock, invocation } = world;
  const { keepRuns } = scene;
  world.invocation = (...args) => {
    const own = invocation(...args);
    return keepRuns === undefined ? own : { ...own, deps: { ...own.deps, keepRuns } };
  };
  let send: Send = world.send;
  await scene.prepare?.(world);
  const before = world.writes.length;
  const object: BadObject | undefined =
    bad && badObject({ cloud: world.cloud, clock, send: world.send }, bad.pattern, bad.fault);
  send = scene.interrupted === true ? interrupted(world, object?.send ?? world.send) : send;
  if (scene.interrupted !== true && object !== undefined) send = object.send;
  const ledger = await ledgerKeys(world);
  const reads = new Set<string>();
  const wrapped = send;
  send = (request) => {
    const key = keyRead(world, request);
    if (key !== undefined) reads.add(key);
    return wrapped(request);
  };

  let longest = await playMinutes(world, send, 2, 2);
  const drives: Record<string, number> = {};
  const times: Record<string, number> = {};
  for (let each = 0; each < BAD_MINUTES; each += 1) {
    const took = await playMinute(world, send, async () => {
      if (each === 0) await scene.atSlot?.(world);
    });
    longest = Math.max(longest, took);
    for (const runId of [NIGHTLY_RUN, WEEKLY_RUN]) {
      const notified = world.lines.find(
        ({ event, run, kind }) => event === 'notified' && run === runId && kind === 'settled',
      );
      if (notified === undefined) continue;
      drives[runId] ??= each + 1;
      times[runId] ??= Date.parse(String(notified['time']));
    }
  }
  const settled = new Set<string>();
  for (const runId of [NIGHTLY_RUN, WEEKLY_RUN]) {
    if ((await stat(world, layout.report(runId))) !== undefined) settled.add(runId);
  }
  object?.lift();
  longest = Math.max(longest, await playMinutes(world, send, 3, SETTLE_MINUTES));

  const written = world.writes.slice(before).map(({ key }) => key.slice(LEDGER.length));
  const fate = async (runId: string): Promise<Fate> => ({
    drives: drives[runId],
    at: times[runId],
    report: await reportOf(world, runId),
    settledWhileBad: settled.has(runId),
  });
  return {
    nightly: await fate(NIGHTLY_RUN),
    weekly: await fate(WEEKLY_RUN),
    messages: (await world.cloud.control.messages()).map(({ message_structure }) => {
      const { https } = JSON.parse(message_structure ?? '{}') as { https: string };
      return JSON.parse(https) as PlayedNight['messages'][number];
    }),
    lines: world.lines,
    written: new Set(written),
    ...{ reads: [...reads], keys: [...ledger, ...written, ...(await ledgerKeys(world))], longest },
    key: object?.key(),
    left: await openKeys(world),
    violations: await violations(world, {
      // The first night's messages went to the cloud of that night.
      messages: (runId) => (FIRST_RUNS.includes(runId) ? [0, 0] : [1, 1]),
      staleIndex: bad?.pattern.test(`${layout.archives('nightly')}1.json`) === true,
    }),
  };
}

async function ledgerKeys({ cloud }: Night): Promise<string[]> {
  const objects = await cloud.backend.list(cloud.bucket, LEDGER);
  return objects.map(({ key }) => key.slice(LEDGER.length));
}

/** Returns the key of the ledger that a request reads by GET. */
function keyRead({ cloud }: Night, { method, url }: HttpRequest): string | undefined {
  const { hostname, pathname } = new URL(url);
  const key = decodeURIComponent(pathname.slice(1));
  const isRead = method === 'GET' && hostname.startsWith(`${cloud.bucket}.obs.`);
  return isRead && key.startsWith(LEDGER) ? key.slice(LEDGER.length) : undefined;
}

async function stat({ cloud }: Night, key: string) {
  return cloud.backend.stat(cloud.bucket, `phonevault/${key}`);
}

async function reportOf({ cloud }: Night, runId: string): Promise<Report | undefined> {
  const stored = await cloud.backend.read(cloud.bucket, `phonevault/${layout.report(runId)}`);
  return stored && (JSON.parse(Buffer.from(stored.body).toString()) as Report);
}

/** As if the run were large, and its drive ended after the report: pages, and no message for two minutes. */
function interrupted(world: SceneWorld, send: Send): Send {
  let reportedAt: number | undefined;
  const { clock } = world;
  const paginate = async (): Promise<void> => {
    const report = await reportOf(world, NIGHTLY_RUN);
    if (report === undefined) return;
    const { phones, ...rest } = report;
    const body = JSON.stringify({ version: 1, phones });
    const page = `${layout.reportPages(NIGHTLY_RUN)}${sha256hex(body).slice(0, 32)}.json`;
    await world.write(page, body);
    const paged = { ...rest, phones: [], pages: [`phonevault/${page}`] };
    await world.write(layout.report(NIGHTLY_RUN), JSON.stringify(paged));
  };
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const isPublish = request.url.endsWith('/publish');
    const isOwn = isPublish && Buffer.from(request.body ?? '').includes(NIGHTLY_RUN);
    if (isOwn && reportedAt !== undefined && clock.now() < reportedAt + 2 * MINUTE) {
      throw new TransportError('cut', false);
    }
    const response = await send(request);
    const isReport = request.url.includes(layout.report(NIGHTLY_RUN));
    if (request.method === 'PUT' && isReport && reportedAt === undefined) {
      reportedAt = clock.now();
      await paginate();
    }
    return response;
  };
}
