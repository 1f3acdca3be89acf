import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createCloud } from '../deploy/plugin/cloud.js';
import { deploy, type PackagedFunction } from '../deploy/plugin/commands/deploy.js';
import { logs } from '../deploy/plugin/commands/logs.js';
import { packageFunction } from '../deploy/plugin/commands/package.js';
import type { Desired } from '../deploy/plugin/types.js';
import { desiredFunction } from '../deploy/plugin/desired/desired-function.js';
import type { Ready } from './cloud-process.ts';

type Definition = Parameters<typeof desiredFunction>[0]['definition'];

/** As in serverless.yml, but with a timer that names the policy (docs/deploy.md). */
const FUNCTIONS: Record<'drive' | 'schedule', Definition> = {
  drive: {
    handler: 'drive.handler',
    memorySize: 256,
    timeout: 60,
    events: [
      {
        triggerTypeCode: 'TIMER',
        eventData: { name: 'every-minute', scheduleType: 'Rate', schedule: '1m' },
      },
    ],
  },
  schedule: {
    handler: 'schedule.handler',
    memorySize: 256,
    timeout: 60,
    events: [
      {
        triggerTypeCode: 'TIMER',
        // The demo does not wait for 02:30: it sends the event of this timer.
        status: 'DISABLED',
        eventData: {
          name: 'nightly',
          scheduleType: 'Cron',
          schedule: 'CRON_TZ=Asia/Shanghai 0 30 2 * * *',
          userEvent: 'nightly',
        },
      },
    ],
  },
};

const requestedSchema = z.object({ requested: z.tuple([z.string()]) });
const failureSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

export type Functions = {
  /** The names of the deployed functions. */
  names: string[];
  /** Sends `schedule` the event of its timer, as FunctionGraph does at `now` (epoch ms). Returns the id of the run. */
  fireNightly(now: number): Promise<string>;
  /** Writes what the functions logged to a file. */
  keepLogs(file: string): Promise<void>;
};

type Facts = Omit<Ready, 'ready' | 'accessKey' | 'secretKey' | 'securityToken' | 'token'>;

/** Returns the settings of the functions and of the command line. */
export function settingsOf(cloud: Facts): Record<string, string> {
  return {
    PHONEVAULT_REGION: cloud.region,
    PHONEVAULT_PROJECT_ID: cloud.projectId,
    PHONEVAULT_BUCKET: cloud.bucket,
    PHONEVAULT_TOPIC_URN: cloud.topicUrn,
    PHONEVAULT_CPH_ENDPOINT: cloud.cph,
    PHONEVAULT_IAM_ENDPOINT: cloud.iam,
    PHONEVAULT_OBS_ENDPOINT: cloud.obs,
    PHONEVAULT_OBS_PATH_STYLE: 'true',
    PHONEVAULT_SMN_ENDPOINT: cloud.smn,
    PHONEVAULT_FUNCTIONGRAPH_ENDPOINT: cloud.functiongraph,
  };
}

/** Deploys the handlers of `dist/` and keeps their zips in `folder`. */
export async function deployFunctions(
  root: string,
  folder: string,
  cloud: Ready,
): Promise<Functions> {
  const { functiongraph: endpoint, region, projectId } = cloud;
  const account = { ...cloud, endpoint, ltsEndpoint: endpoint };
  // A short pause between two attempts is enough on this machine.
  const client = createCloud(account, () => sleep(100));
  const environment = settingsOf(cloud);
  const provider = { region, projectId, agency: 'phonevault', logs: true, environment };
  const common = { service: 'phonevault', stage: 'demo', provider };
  const pieces: PackagedFunction[] = [];
  for (const [key, definition] of Object.entries(FUNCTIONS)) {
    const desired = desiredFunction({ ...common, key, definition });
    const { code } = await packageFunction(root, desired.handler, folder, desired.name);
    pieces.push({ desired, code });
  }
  await deploy(client, pieces, {}, () => undefined);
  const find = (key: string) =>
    pieces.find(({ desired }) => desired.key === key)?.desired as Desired;
  return {
    names: pieces.map(({ desired }) => desired.name),
    async fireNightly(now) {
      const { result } = await client.invoke(find('schedule').urn, timerEvent(now, 'nightly'));
      return readRunId(result);
    },
    async keepLogs(file) {
      const lines: string[] = [];
      for (const { desired } of pieces) {
        await logs(client, desired, { now: Date.now() }, (line) => void lines.push(line));
      }
      await writeFile(file, lines.join('\n'));
    },
  };
}

/** Returns the event of a timer that fires at `now` (epoch ms), in China's time (functiongraph_01_0207). */
export function timerEvent(now: number, userEvent: string): object {
  const china = new Date(now + 8 * 3_600_000).toISOString().slice(0, 19);
  return {
    version: 'v1.0',
    time: `${china}+08:00`,
    trigger_type: 'TIMER',
    trigger_name: userEvent || 'every-minute',
    user_event: userEvent,
  };
}

function readRunId(result: string): string {
  const value: unknown = JSON.parse(result);
  const requested = requestedSchema.safeParse(value);
  if (requested.success) return requested.data.requested[0];
  const failure = failureSchema.safeParse(value);
  const why = failure.success
    ? `${failure.data.errorType}: ${failure.data.errorMessage}`
    : `returned ${result.slice(0, 200)}`;
  throw new Error(`the function schedule requested no run: ${why}`);
}
