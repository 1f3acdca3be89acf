import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';

/** Which model time it is at which time of the machine, and how fast it runs. */
export type ClockAnchor = { machineAt: number; modelAt: number; speed: number };

export type ContextFacts = {
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

/** What came of one call of a handler; `ended` when the process is gone with it. */
export type Reply =
  | { kind: 'ok'; result: string; memory: number }
  | ({ kind: 'failed'; memory: number } & Failure)
  | { kind: 'ended'; code: string };

export type Instance = {
  /** Resolves once the code is loaded, with what went wrong when it could not be. */
  loaded: Promise<Failure | undefined>;
  call(
    work: { entry: string; event: string; context: ContextFacts; initializer: boolean },
    onLine: (line: string) => void,
  ): Promise<Reply>;
  setClock(): void;
  /** At once and whatever it does. */
  kill(): void;
  /** Resolves when the process is gone. */
  gone: Promise<void>;
  readonly alive: boolean;
};

type Message = {
  kind: string;
  ok?: boolean;
  result?: string;
  memory?: number;
} & Partial<Failure>;

const MAX_LINE = 256 * 1024;

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
    // No terminal and no signals of ours: Ctrl-C is for the cloud, which ends its instances.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, , , channel, gate] = child.stdio as unknown as Duplex[];
  for (const stream of [channel, gate]) stream?.on('error', () => undefined);
  let alive = true;
  let rests = false;
  let code = '';
  // What is printed while the code is loaded belongs to the first event.
  const early: string[] = [];
  let onLine: (line: string) => void = (line) => void early.push(line);
  const waiting = { message: [] as ((message: Message | undefined) => void)[], mark: '' };
  let onMark: () => void = () => undefined;
  const tell = (message: Message | undefined) => {
    const [first] = waiting.message.splice(0, 1);
    first?.(message);
  };
  const next = (): Promise<Message | undefined> =>
    alive ? new Promise((resolve) => waiting.message.push(resolve)) : Promise.resolve(undefined);

  readLines(channel ?? null, (line) => tell(JSON.parse(line) as Message));
  readLines(child.stdout, (line) => {
    if (waiting.mark !== '' && line.endsWith(waiting.mark)) {
      const before = line.slice(0, -waiting.mark.length);
      if (before !== '') onLine(before);
      onMark();
    } else onLine(line);
  });
  readLines(child.stderr, (line) => onLine(line));
  const gone = new Promise<void>((resolve) => {
    const end = (why: string) => {
      if (!alive) return;
      alive = false;
      code = why;
      while (waiting.message.length > 0) tell(undefined);
      onMark();
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (exit, signal) => end(signal ?? `exit code ${exit ?? 0}`));
  });

  const post = (message: object) => {
    if (alive) channel?.write(`${JSON.stringify({ ...message, clock: clock() })}\n`);
  };
  const loaded = next().then((message): Failure | undefined => {
    if (message === undefined) return { errorMessage: `the process ended: ${code}`, errorType: '' };
    return message.kind === 'loaded' ? undefined : failureOf(message);
  });

  return {
    loaded,
    async call(work, listener) {
      onLine = listener;
      for (const line of early.splice(0)) listener(line);
      waiting.mark = `\u001e${randomUUID()}`;
      const marked = new Promise<void>((resolve) => (onMark = resolve));
      const reply = next();
      // Between two events the process rests; this wakes it.
      if (rests) gate?.write('.');
      rests = true;
      post({ kind: 'call', mark: waiting.mark, ...work });
      const message = await reply;
      if (message === undefined) {
        await gone;
        return { kind: 'ended', code };
      }
      await marked;
      const { memory = 0 } = message;
      if (message.ok === true) return { kind: 'ok', result: message.result ?? '', memory };
      return { kind: 'failed', memory, ...failureOf(message) };
    },
    setClock: () => post({ kind: 'clock' }),
    kill: () => void (alive && killGroup(child)),
    gone,
    get alive() {
      return alive;
    },
  };
}

function failureOf({ errorMessage = '', errorType = 'Error' }: Message): Failure {
  return { errorMessage, errorType };
}

function killGroup(child: ChildProcess): void {
  try {
    // Its group, so that nothing it started stays behind.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function readLines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (stream !== null && rest.length > MAX_LINE * 64) rest = rest.slice(-MAX_LINE);
    for (const line of lines) take(line);
  });
  stream?.on('end', () => void (rest !== '' && take(rest)));
}
