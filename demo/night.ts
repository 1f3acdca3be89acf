import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Io } from '../cli/io/io.ts';
import { runCli } from '../cli/run-cli.ts';
import { readOutcome } from '../cli/show/runs/outcome-text.ts';
import { connect } from '../cli/sign-in/connect.ts';
import { watchRun } from '../cli/watch/watch.ts';
import { type Ready, startCloud } from './cloud-process.ts';
import { deployFunctions, settingsOf } from './functions.ts';
import { prepareIncidents } from './incidents.ts';
import { createLocalApi } from './local-api.ts';
import { PAGE, showNextSteps, showNotification, showOutcome, writePage } from './show.ts';
import { say, title, withSettings, withSpeed } from './terminal.ts';

export type DemoContext = {
  io: Io;
  /** The checkout, and the folder that the demo writes to. */
  root: string;
  data: string;
  signal: AbortSignal;
  /** Adds a step to the clean-up. The last step added runs first. */
  atEnd(step: () => unknown): void;
};

/** How many times as fast as real time the cloud runs. */
const SPEED = 12;
/** The limits that the seed draws would make the demo slower. */
const LIMITS = ['exportsPerServer=6', 'writesPerMinute=12'];
const POLICY = 'examples/nightly.yaml';
const RUN_MS = 120_000;

/** Starts the cloud and runs the policy `nightly` on it. Throws unless phones were exported and the topic was notified. */
export async function runNight(context: DemoContext): Promise<void> {
  const { io, root, data, atEnd } = context;
  mkdirSync(data, { recursive: true });
  for (const old of ['obs', 'functions', 'functions.log', PAGE]) {
    rmSync(join(data, old), { recursive: true, force: true });
  }
  const log = openSync(join(data, 'cloud.log'), 'w');
  atEnd(() => closeSync(log));
  title(io, 'Phonevault demo: a night of backups on the embedded cloud');
  say(
    io,
    `The cloud keeps its objects in ${relative(root, data)}/obs. Its clock runs ${SPEED} times as fast.`,
  );
  const limits = LIMITS.flatMap((limit) => ['--limit', limit]);
  const options = ['--speed', String(SPEED), '--data', data, ...limits];
  const cloud = startCloud(root, options, log);
  atEnd(() => cloud.stop());
  await Promise.race([runOn(await cloud.ready, context), cloud.exited]);
}

async function runOn(cloud: Ready, context: DemoContext): Promise<void> {
  const { io, root, data } = context;
  const started = io.clock.now();
  const api = createLocalApi(cloud.cph);
  const cli = withSettings(io, {
    ...settingsOf(cloud),
    HUAWEICLOUD_SDK_AK: cloud.accessKey,
    HUAWEICLOUD_SDK_SK: cloud.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: cloud.securityToken,
  });
  say(io, `$ phonevault apply ${POLICY}`);
  if ((await runCli(['apply', POLICY], cli)) !== 0) throw new Error(`${POLICY} was not applied`);
  const functions = await deployFunctions(root, join(data, 'functions'), cloud);
  context.atEnd(() => functions.keepLogs(join(data, 'functions.log')));
  say(io, `Deployed to FunctionGraph: ${functions.names.join(', ')}`);
  say(io, `Incidents: ${await prepareIncidents(api)}`);
  const runId = await functions.fireNightly(io.clock.now());
  say(io, `Timer event sent to schedule: run ${runId} requested\n`);

  const { deps } = await connect(cli);
  await watch(withSpeed(cli, SPEED), deps.store, runId, context.signal);
  const outcome = await readOutcome(deps, runId);
  showOutcome(io, outcome, cloud.bucket);
  await showNotification(io, api, runId);
  await writePage(cli, outcome, data);
  showNextSteps(io, outcome, relative(root, data), io.clock.now() - started);
}

/** Shows the progress of a run to its end. Throws after 2 minutes. */
async function watch(
  io: Io,
  store: Parameters<typeof readOutcome>[0]['store'],
  runId: string,
  signal: AbortSignal,
): Promise<void> {
  const { isOver } = await watchRun(io, { store, clock: io.clock }, runId, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(RUN_MS)]),
  });
  if (!isOver) throw new Error(`run ${runId} did not end within ${RUN_MS / 1_000} s`);
}
