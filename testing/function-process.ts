import { randomUUID } from 'node:crypto';
import { startInstance } from '../local/functiongraph/runtime/instance.ts';
import { instanceProgram } from '../local/functiongraph/runtime/program.ts';

export type FunctionProcess = {
  name: string;
  /** Calls the handler and returns its result. Throws what the handler throws, and when the process ends. */
  invoke(event: unknown): Promise<unknown>;
  /** Kills the process, whatever it does. */
  kill(): Promise<void>;
};

export type FunctionOptions = {
  /** The folder of the built handlers. */
  dist: string;
  name: string;
  /** The function's environment variables. */
  settings: Record<string, string>;
  projectId: string;
  credentials: { token: string; accessKey: string; secretKey: string; securityToken: string };
  /** Takes what the function logs. */
  onLine(line: string): void;
  /** NODE_OPTIONS of the process. */
  nodeOptions?: string;
};

const TIMEOUT_MS = 60_000;
const MEMORY_MB = 256;

/** Starts a built handler in a process of its own, as the embedded FunctionGraph does, but in this machine's time. */
export function startFunction(options: FunctionOptions): FunctionProcess {
  const { dist, name, settings, projectId, credentials, onLine, nodeOptions = '' } = options;
  const entry = `${name}.handler`;
  const instance = startInstance({
    node: process.execPath,
    program: instanceProgram(),
    root: dist,
    names: [entry],
    memoryMb: MEMORY_MB,
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: nodeOptions },
    clock: () => ({ machineAt: 0, simulatedAt: 0, speed: 1 }),
  });
  const context = {
    functionName: `phonevault-${name}`,
    package: 'default',
    version: 'latest',
    alias: '',
    projectId,
    timeoutMs: TIMEOUT_MS,
    memory: String(MEMORY_MB),
    cpu: '300',
    userData: settings,
    credentials,
  };
  return {
    name,
    async invoke(event) {
      const failure = await instance.loaded;
      if (failure !== undefined) throw new Error(`${name}: ${failure.errorMessage}`);
      const reply = await instance.call(
        {
          entry,
          event: JSON.stringify(event),
          context: { requestId: randomUUID(), ...context },
          initializer: false,
        },
        onLine,
      );
      if (reply.kind === 'ok') return JSON.parse(reply.result) as unknown;
      const why = reply.kind === 'failed' ? reply.errorMessage : `process ended: ${reply.code}`;
      throw new Error(`${name}: ${why}`);
    },
    kill() {
      instance.kill();
      return instance.exited;
    },
  };
}
