import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { endProcess, type Ready } from './cloud-process.ts';
import type { Invoke, Outcome } from './instance.ts';
import { obsEndpoint } from './put-policy.ts';

export type FunctionProcess = {
  name: string;
  /** Hands over one event and waits for what comes of it; an invocation over its time limit fails. */
  invoke(event: unknown): Promise<Outcome>;
  stop(): Promise<void>;
  /** Takes the instance away in the middle of whatever it does, as the platform may. */
  kill(): Promise<void>;
};

const TIMEOUT_MS = 60_000;
const LOAD_MS = 30_000;
const STOP_MS = 2_000;
const MEMORY_MB = 256;

/** The Node.js that runs an instance, and the instance's own program. */
export type Runtime = { execPath: string; execArgv: string[]; program: URL | string };

const thisNode: Runtime = {
  execPath: process.execPath,
  execArgv: ['--import', 'tsx'],
  program: new URL('./instance.ts', import.meta.url),
};

/** Starts an instance of `dist/<name>.js` as FunctionGraph would; all it prints goes to the open file `log`. */
export function startFunction(
  root: string,
  name: string,
  cloud: Ready,
  log: number,
  { execPath, execArgv, program }: Runtime = thisNode,
): FunctionProcess {
  const { projectId, token, accessKey, secretKey, securityToken } = cloud;
  const userData = userDataOf(cloud);
  // FunctionGraph's environment and nothing of this machine's.
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    RUNTIME_PROJECT_ID: projectId,
    RUNTIME_PACKAGE: 'default',
    RUNTIME_FUNC_NAME: `phonevault-${name}`,
    RUNTIME_FUNC_VERSION: 'latest',
    RUNTIME_HANDLER: `${name}.handler`,
    RUNTIME_TIMEOUT: String(TIMEOUT_MS / 1_000),
    RUNTIME_MEMORY: String(MEMORY_MB),
    RUNTIME_USERDATA: JSON.stringify(userData),
  };
  const child = fork(program, [join(root, 'dist', `${name}.js`)], {
    cwd: root,
    env,
    execPath,
    execArgv,
    stdio: ['ignore', log, log, 'ipc'],
  });
  const loaded = answerOf(child, name, LOAD_MS);
  loaded.catch(() => undefined);
  return {
    name,
    async invoke(event) {
      await loaded;
      const context = {
        requestId: randomUUID(),
        functionName: `phonevault-${name}`,
        projectId,
        timeoutMs: TIMEOUT_MS,
        memoryMb: MEMORY_MB,
        credentials: { token, accessKey, secretKey, securityToken },
        userData,
      };
      const answer = answerOf(child, name, TIMEOUT_MS);
      child.send({ event, context } satisfies Invoke);
      return (await answer) as Outcome;
    },
    stop: () => endProcess(child, STOP_MS),
    kill: () => endProcess(child, STOP_MS, 'SIGKILL'),
  };
}

/** The function's environment variables: the same as in a deployment, the endpoints pointing here. */
function userDataOf(cloud: Ready): Record<string, string> {
  return {
    PHONEVAULT_REGION: cloud.region,
    PHONEVAULT_PROJECT_ID: cloud.projectId,
    PHONEVAULT_BUCKET: cloud.bucket,
    PHONEVAULT_TOPIC_URN: cloud.topicUrn,
    PHONEVAULT_CPH_ENDPOINT: cloud.cph,
    PHONEVAULT_IAM_ENDPOINT: cloud.iam,
    PHONEVAULT_OBS_ENDPOINT: obsEndpoint(cloud),
    PHONEVAULT_SMN_ENDPOINT: cloud.smn,
    PHONEVAULT_FUNCTIONGRAPH_ENDPOINT: cloud.functiongraph,
  };
}

/** The next message of the instance; rejects when it ends, or says nothing for `ms`. */
function answerOf(child: ChildProcess, name: string, ms: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      settle();
    };
    const onMessage = (message: unknown) => finish(() => resolve(message));
    const onExit = () => finish(() => reject(new Error(`the function ${name} ended by itself`)));
    const onLate = () =>
      finish(() => reject(new Error(`the function ${name} took longer than ${ms / 1_000} s`)));
    const timer = setTimeout(onLate, ms);
    child.on('message', onMessage).on('exit', onExit);
  });
}
