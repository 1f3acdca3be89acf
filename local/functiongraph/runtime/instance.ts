import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { readLines } from './read-lines.ts';

/** The simulated time at a time of the machine, and the speed from then on. */
export type ClockAnchor = { machineAt: number; simulatedAt: number; speed: number };

/** The data behind a handler's `context`. */
export type ContextData = {
  requestId: string;
  functionName: string;
  package: string;
  version: string;
  alias: string;
  projectId: string;
  timeoutMs: number;
  memory: string;
  cpu: string;
  userData: Record<string, string>;
  credentials: { token: string; accessKey: string; secretKey: string; securityToken: string };
};

export type Failure = { errorMessage: string; errorType: string };

/** The result of one call of a handler; `exited` if the process ended. `memory` is in bytes. */
export type Reply =
  | { kind: 'ok'; result: string; memory: number }
  | ({ kind: 'failed'; memory: number } & Failure)
  | { kind: 'exited'; code: string };

export type Instance = {
  /** Resolves when the code is loaded, with the error if that failed. */
  loaded: Promise<Failure | undefined>;
  call(
    work: { entry: string; event: string; context: ContextData; initializer: boolean },
    onLine: (line: string) => void,
  ): Promise<Reply>;
  setClock(): void;
  /** Kills the process at once. */
  kill(): void;
  /** Resolves when the process is gone. */
  exited: Promise<void>;
  readonly isAlive: boolean;
};

type Message = {
  kind: string;
  ok?: boolean;
  result?: string;
  memory?: number;
} & Partial<Failure>;

/** Starts a process that loads the handlers `names` of the code in `root`; `env` is its whole environment. */
export function startInstance(options: {
  node: string;
  program: string;
  root: string;
  names: string[];
  memoryMb: number;
  env: Record<string, string>;
  clock: () => ClockAnchor;
}): Instance {
  const { node, program, root, names, memoryMb, env, clock } = options;
  const child = spawn(node, [`--max-old-space-size=${memoryMb}`, program, root, ...names], {
    cwd: root,
    env,
    // Own process group: Ctrl-C reaches the cloud only, which then ends its instances.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, , , channel, gate] = child.stdio as unknown as Duplex[];
  for (const stream of [channel, gate]) stream?.on('error', () => undefined);
  let isAlive = true;
  let isPaused = false;
  let exitCode = '';
  // Lines printed while the code loads belong to the first event.
  const loadingLines: string[] = [];
  let onLine: (line: string) => void = (line) => void loadingLines.push(line);
  const waiting: ((message: Message | undefined) => void)[] = [];
  let mark = '';
  let onMark: () => void = () => undefined;
  const receive = (message: Message | undefined) => waiting.shift()?.(message);
  const nextMessage = (): Promise<Message | undefined> =>
    isAlive ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(undefined);

  readLines(channel ?? null, (line) => receive(JSON.parse(line) as Message));
  readLines(child.stdout, (line) => {
    if (mark !== '' && line.endsWith(mark)) {
      const before = line.slice(0, -mark.length);
      if (before !== '') onLine(before);
      onMark();
    } else onLine(line);
  });
  readLines(child.stderr, (line) => onLine(line));
  const exited = new Promise<void>((resolve) => {
    const end = (code: string) => {
      if (!isAlive) return;
      isAlive = false;
      exitCode = code;
      while (waiting.length > 0) receive(undefined);
      onMark();
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (exit, signal) => end(signal ?? `exit code ${exit ?? 0}`));
  });

  const post = (message: object) => {
    if (isAlive) channel?.write(`${JSON.stringify({ ...message, clock: clock() })}\n`);
  };
  const loaded = nextMessage().then((message): Failure | undefined => {
    if (message === undefined) {
      return { errorMessage: `the process ended: ${exitCode}`, errorType: '' };
    }
    return message.kind === 'loaded' ? undefined : failureOf(message);
  });

  return {
    loaded,
    async call(work, listener) {
      onLine = listener;
      for (const line of loadingLines.splice(0)) listener(line);
      mark = `\u001e${randomUUID()}`;
      const marked = new Promise<void>((resolve) => (onMark = resolve));
      const reply = nextMessage();
      // The process is paused between two events; this resumes it.
      if (isPaused) gate?.write('.');
      isPaused = true;
      post({ kind: 'call', mark, ...work });
      const message = await reply;
      if (message === undefined) {
        await exited;
        return { kind: 'exited', code: exitCode };
      }
      await marked;
      const { memory = 0 } = message;
      if (message.ok === true) return { kind: 'ok', result: message.result ?? '', memory };
      return { kind: 'failed', memory, ...failureOf(message) };
    },
    setClock: () => post({ kind: 'clock' }),
    kill: () => void (isAlive && killGroup(child)),
    exited,
    get isAlive() {
      return isAlive;
    },
  };
}

function failureOf({ errorMessage = '', errorType = 'Error' }: Message): Failure {
  return { errorMessage, errorType };
}

function killGroup(child: ChildProcess): void {
  try {
    // The whole group, with any process that the function started.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
