import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const readySchema = z.object({
  ready: z.literal(true),
  cph: z.url(),
  iam: z.url(),
  obs: z.url(),
  smn: z.url(),
  functiongraph: z.url(),
  region: z.string(),
  projectId: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  securityToken: z.string(),
  token: z.string(),
  bucket: z.string(),
  topicUrn: z.string(),
});

/** What the embedded cloud says of itself when it is ready. */
export type Ready = z.infer<typeof readySchema>;

export type CloudProcess = {
  ready: Promise<Ready>;
  /** Rejects when the cloud ends without having been asked to. */
  ended: Promise<never>;
  stop(): Promise<void>;
};

const START_MS = 30_000;
const STOP_MS = 5_000;

/** Starts `npm run local` with these options; its complaints go to the open file `log`. */
export function startCloud(root: string, options: readonly string[], log: number): CloudProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', log],
  });
  let stopping = false;
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (!stopping) reject(new Error(`the embedded cloud ended (${String(signal ?? code)})`));
    });
  });
  const ready = Promise.race([readReady(child), ended]);
  for (const promise of [ended, ready]) promise.catch(() => undefined);
  return {
    ready,
    ended,
    stop() {
      stopping = true;
      return endProcess(child, STOP_MS);
    },
  };
}

async function readReady({ stdout }: ChildProcess): Promise<Ready> {
  if (stdout === null) throw new Error('the embedded cloud has no output');
  const lines = createInterface({ input: stdout });
  try {
    const signal = AbortSignal.timeout(START_MS);
    const [line] = (await once(lines, 'line', { signal })) as [string];
    return readySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error('the embedded cloud did not say that it is ready', { cause });
  } finally {
    lines.close();
    stdout.resume();
  }
}

/** Asks a process to end, and ends it after `patience` ms. */
export async function endProcess(
  child: ChildProcess,
  patience: number,
  first: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(first);
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await gone;
  clearTimeout(timer);
}
