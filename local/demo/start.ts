import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Ready, startCloud } from './cloud-process.ts';
import { fireDrive, fireSchedule } from './fire.ts';
import { startFunction } from './function-process.ts';
import { describeFleet } from './incidents.ts';
import { createLocalApi } from './local-api.ts';
import { prepareFleet } from './prepare-fleet.ts';
import { printArchives, printFigures, printNotification, printOutcomes } from './print-outcome.ts';
import { createProgress } from './progress.ts';
import { putObject } from './put-policy.ts';
import { openRunFolder, type Report, tallyOfReport } from './run-folder.ts';
import { createScreen, type Screen } from './screen.ts';
import { watchRun } from './watch.ts';

const POLICY = 'nightly';
const PHONES = 96;
const SERVERS = 3;
const SEED = 7;
/** A second of the cloud's jobs and resets in so many of ours, once the run is planned. */
const SPEED = 12;
const PREFIX = 'phonevault/';
const EXPECTED: readonly string[] = ['completed', 'partial'];

const root = join(import.meta.dirname, '..', '..');
const data = join(root, '.phonevault');
const objects = join(data, 'obs');
const shown = (path: string) => relative(process.cwd(), path);

/** What has to be stopped, in the order it was started. */
type Running = { stop(): Promise<void> }[];

async function demo(screen: Screen, running: Running): Promise<Report> {
  const started = Date.now();
  mkdirSync(data, { recursive: true });
  rmSync(objects, { recursive: true, force: true });
  const cloudLog = open(running, join(data, 'cloud.log'));
  const log = open(running, join(data, 'demo.log'));

  screen.say('Phonevault demo: a night of backups on the embedded cloud', 'bold');
  screen.say(`Objects lie as files in ${shown(objects)}, emptied for this run.`);
  const cloud = startCloud(root, cloudOptions(), cloudLog);
  running.push(cloud);
  const ready = await cloud.ready;
  return Promise.race([night(screen, running, ready, log, started), cloud.ended]);
}

async function night(
  screen: Screen,
  running: Running,
  ready: Ready,
  log: number,
  started: number,
): Promise<Report> {
  const api = createLocalApi(ready.cph);
  const policy = join(root, 'examples', `${POLICY}.yaml`);
  const key = `${PREFIX}policies/${POLICY}.yaml`;
  await putObject(ready, key, await readFile(policy, 'utf8'));
  screen.say(`${shown(policy)} put to obs://${ready.bucket}/${key}`);
  const schedule = startFunction(root, 'schedule', ready, log);
  const drive = startFunction(root, 'drive', ready, log);
  running.push(schedule, drive);
  await prepareFleet(ready, api);
  screen.say(describeFleet(await api.phones()));

  const runId = await fireSchedule(schedule, POLICY);
  screen.say(`A timer fired: schedule asked for run ${runId}, drive takes over.`);
  screen.raw('');
  const run = openRunFolder(join(objects, ready.bucket, PREFIX), runId);
  const progress = createProgress(screen, Date.now());
  running.push({ stop: async () => progress.stop() });
  const settled = new AbortController();
  const watching = watchRun(run, progress, () => api.setSpeed(SPEED), settled.signal);
  const driving = fireDrive(drive, run).finally(() => settled.abort());
  const [report] = await Promise.all([driving, watching]);
  progress.show(tallyOfReport(report));
  progress.stop();

  printOutcomes(screen, report, await api.phones());
  printNotification(screen, await api.messages());
  printArchives(screen, report, shown(objects));
  printFigures(screen, await api.calls(), Date.now() - started, shown(join(data, 'demo.log')));
  return report;
}

function cloudOptions(): string[] {
  const options = { port: 0, phones: PHONES, servers: SERVERS, seed: SEED, data };
  return [
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...['--limit', 'exportsPerServer=6'],
  ];
}

function open(running: Running, file: string): number {
  const descriptor = openSync(file, 'w');
  running.push({ stop: async () => closeSync(descriptor) });
  return descriptor;
}

type Ending =
  | { kind: 'settled'; report: Report }
  | { kind: 'interrupted' }
  | { kind: 'failed'; error: unknown };

async function runDemo(screen: Screen): Promise<Ending> {
  const running: Running = [];
  const interrupted = new Promise<Ending>((resolve) => {
    const stop = () => resolve({ kind: 'interrupted' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    // The reader of a pipe went away.
    screen.stream.once('error', stop);
  });
  const settled = demo(screen, running).then(
    (report): Ending => ({ kind: 'settled', report }),
    (error: unknown): Ending => ({ kind: 'failed', error }),
  );
  const ending = await Promise.race([settled, interrupted]);
  for (const { stop } of running.reverse()) await stop();
  return ending;
}

/** Says how it ended, where that is not plain already; the exit code. */
function conclude(screen: Screen, ending: Ending): number {
  if (ending.kind === 'interrupted') {
    screen.say('Stopped.');
    return 130;
  }
  if (ending.kind === 'settled') {
    const { outcome, message } = ending.report;
    if (EXPECTED.includes(outcome)) return 0;
    screen.say(`The run should not have ended as ${outcome}. ${message ?? ''}`, 'red');
    return 1;
  }
  const { error } = ending;
  screen.say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`, 'red');
  screen.say(`See ${shown(join(data, 'demo.log'))} and ${shown(join(data, 'cloud.log'))}.`);
  return 1;
}

// The SDK warns on Node 20 of what it will need in 2027; that is no news for the demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const screen = createScreen(process.stdout, process.env);
process.exit(conclude(screen, await runDemo(screen)));
