import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsOf, timerEvent } from '../../demo/functions.ts';
import { type Cloud, type CloudOptions, createCloud } from '../../local/cloud.ts';
import { SERVICE_NAMES, type ServiceName } from '../../local/api/hosts.ts';
import { memoryBackend } from '../../local/obs/storage/memory-backend.ts';
import { between, createRandom, pick } from '../../local/simulation/random.ts';
import { listen, type Listening } from '../../local/http/server.ts';
import { bundleHandlers } from '../../packaging/bundle.ts';
import { fastClock, fastProcess, type FastTime } from '../../testing/fast-time.ts';
import { killedBetweenPublishAndLog } from './support/killable.ts';
import { type FunctionProcess, startFunction } from '../../testing/function-process.ts';
import { noteExports } from '../../testing/cloud/network.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { type Between, startProxy } from './support/proxy.ts';
import { countsOf, type Checked, violations } from './support/invariants.ts';
import { watchedBackend } from '../../testing/cloud/watched-backend.ts';

// Real processes on real sockets: each built handler runs in a process that is killed with SIGKILL when the proxy has seen
// its k-th call. Time runs equally fast for the processes and the cloud.

type Mode = NonNullable<CloudOptions['conditionalPut']>;

const SAMPLES = 20;
const PHONES = 5;
const FIRST_SEED = 1;
const SPEED = 20;
/** A night makes more calls than this. */
const CALLS = 80;
const MINUTE = 60_000;
const MAX_BODY = 16 * 1024 * 1024;
const GIVE_UP_MINUTES = 60;

const folder = mkdtempSync(join(tmpdir(), 'phonevault-sigkill-'));
const root = join(import.meta.dirname, '..', '..');

beforeAll(async () => {
  const handlers = ['drive', 'schedule'].map((out) => ({
    in: join(root, 'handlers', `${out}.ts`),
    out,
  }));
  await bundleHandlers(handlers, folder);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a process that is killed with SIGKILL', () => {
  const samples = Array.from({ length: SAMPLES }, (_, index) => draw(FIRST_SEED + index));
  it.concurrent.each(samples)(
    'leaves a run that ends the same: seed $seed, $when call $call, conditional PUT $mode',
    async (sample) => {
      expect(await violationsAfter(sample)).toEqual([]);
    },
  );
});

type Sample = { seed: number; call: number; when: 'before' | 'after'; mode: Mode };

function draw(seed: number): Sample {
  const random = createRandom(seed, 'sigkill');
  const call = between(random, 1, CALLS);
  const when = pick(random, ['before', 'after'] as const);
  return { seed, call, when, mode: pick(random, ['honoured', 'ignored', 'refused'] as const) };
}

/** Plays a night with one killed process and returns what it violates. */
async function violationsAfter({ seed, call, when, mode }: Sample): Promise<string[]> {
  const random = createRandom(seed, 'dying');
  const time: FastTime = { start: Date.now(), speed: SPEED };
  const night = await cloudOf(seed, mode, time);
  const { cloud, exports } = night;

  let current: FunctionProcess | undefined;
  let isKilled = false;
  let dying: Promise<unknown> | undefined;
  let timeouts = 0;
  const callsOfKilled: { method: string; url: string }[] = [];
  const carryOut: Between = async (request, pass) => {
    if (!isKilled) callsOfKilled.push({ method: request.method, url: request.path });
    const response = await pass(request);
    if (request.path.endsWith('/batch-storage') && response.status < 300) {
      noteExports(exports, request.body.toString(), response.body.toString(), cloud.time.now());
    }
    return response;
  };
  const { settings, close } = await open(cloud, async (request, pass) => {
    // The last calls of the killed process may or may not have arrived.
    if (dying !== undefined) return random() < 0.5 ? 'cut' : carryOut(request, pass);
    if (request.number !== call) return carryOut(request, pass);
    if (when === 'after') await carryOut(request, pass);
    isKilled = true;
    dying = current?.kill();
    await dying;
    return 'cut';
  });
  const { projectId, credentials } = cloud;
  const lines: string[] = [];
  const options = {
    ...{ dist: folder, settings, projectId, credentials },
    onLine: (line: string) => void lines.push(line),
    nodeOptions: `--import ${fastProcess(time)}`,
  };
  /** One invocation, in a new process when the last one was killed or is another function's. Returns true when it ended. */
  const invoke = async (name: string, policy: string): Promise<boolean> => {
    if (current?.name !== name) {
      await current?.kill();
      current = startFunction({ ...options, name });
    }
    try {
      await current.invoke(timerEvent(cloud.time.now(), policy));
      return true;
    } catch (error) {
      if (dying === undefined) {
        // On a busy machine a call may take longer than fast time allows. The timer starts the next one, as in the cloud.
        if (!(error as Error).message.endsWith('no response (timeout)')) throw error;
        timeouts += 1;
        return false;
      }
      await dying;
      dying = undefined;
      current = undefined;
      return false;
    }
  };

  try {
    while (!(await invoke('schedule', 'nightly')));
    for (let minute = 0; await hasWork(cloud); minute += 1) {
      if (minute > GIVE_UP_MINUTES) throw new Error(await unsettled(cloud, lines));
      const next = cloud.time.now() + MINUTE;
      await invoke('drive', '');
      if (await hasWork(cloud)) await sleep(Math.max(0, next - cloud.time.now()) / SPEED);
    }
  } finally {
    await current?.kill();
    await close();
  }
  const times = isKilled && killedBetweenPublishAndLog(callsOfKilled) ? 2 : 1;
  const found = await violations(night, {
    messages: () => [times, times + timeouts],
    // An entry of the log whose PUT had no response is written again, with what was added.
    rewritten: (key) => timeouts > 0 && mode === 'ignored' && key.includes('/log/'),
    watchesKeys: true,
  });
  const [counts] = Object.values(await countsOf(night));
  if (counts?.exported !== PHONES) found.push(`ended as ${JSON.stringify(counts)}`);
  if (!isKilled) found.push(`the night ended before call ${call}`);
  return found;
}

/** A small fleet in fast time; one job fails once. */
async function cloudOf(seed: number, conditionalPut: Mode, time: FastTime): Promise<Checked> {
  const writes: Checked['writes'] = [];
  const cloud = await createCloud({
    phones: PHONES,
    servers: 2,
    seed,
    conditionalPut,
    clock: fastClock(time),
    backend: watchedBackend(memoryBackend(), writes),
  });
  const [first] = await cloud.control.phones();
  cloud.control.addFault({
    service: 'cph',
    operation: 'batch-storage',
    kind: 'job_failed',
    code: 'CPS.0107',
    phones: [first?.phone_id ?? ''],
    times: 1,
  });
  const facts = { lastModified: cloud.time.now(), contentType: 'application/yaml' };
  const key = 'phonevault/policies/nightly.yaml';
  await cloud.backend.write(cloud.bucket, key, Buffer.from(NIGHTLY), facts);
  return { cloud, writes, exports: [] };
}

/** What is still open, and what the functions logged last. */
async function unsettled({ backend, bucket }: Cloud, lines: readonly string[]): Promise<string> {
  const open = await backend.list(bucket, 'phonevault/open/');
  const keys = open.map(({ key }) => key).join(', ');
  return `not settled after ${GIVE_UP_MINUTES} minutes: ${keys}\n${lines.slice(-40).join('\n')}`;
}

/** True while a run is open. The key of a lost response is watched for two hours after its run has settled. */
async function hasWork({ backend, bucket }: Cloud): Promise<boolean> {
  const open = await backend.list(bucket, 'phonevault/open/');
  return open.some(({ key }) => !key.startsWith('phonevault/open/late/'));
}

/** Puts a cloud on loopback behind a proxy. */
async function open(cloud: Cloud, between: Between) {
  const listening: Listening[] = [];
  const upstreams: Partial<Record<ServiceName, string>> = {};
  for (const name of SERVICE_NAMES) {
    const service = await listen(cloud.services[name], 0, MAX_BODY);
    listening.push(service);
    upstreams[name] = service.url;
  }
  const proxy = await startProxy(upstreams as Record<ServiceName, string>, between);
  const { region, projectId, bucket, topicUrn } = cloud;
  const settings = settingsOf({ ...proxy.urls, region, projectId, bucket, topicUrn });
  const close = async (): Promise<void> => {
    await proxy.close();
    for (const service of listening) await service.close();
  };
  return { settings, close };
}
