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

/** The line that the embedded cloud prints when it is ready. */
export type Ready = z.infer<typeof readySchema>;

export type CloudProcess = {
  ready: Promise<Ready>;
  /** Rejects when the cloud exits before `stop`. */
  exited: Promise<never>;
  stop(): Promise<void>;
};

const START_MS = 30_000;
const STOP_MS = 5_000;

/**
 * Starts the embedded cloud with these options; its standard error goes to the open file `log`. `secrets` are added to its
 * environment.
 */
export function startCloud(
  root: string,
  options: readonly string[],
  log: number,
  secrets: Record<string, string> = {},
): CloudProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...options], {
    cwd: root,
    env: { ...process.env, ...secrets },
    // A process group of its own: Ctrl-C reaches this program, which then stops the cloud.
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  let stopping = false;
  const exited = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (!stopping) reject(new Error(`the embedded cloud exited (${String(signal ?? code)})`));
    });
  });
  const ready = Promise.race([readReady(child), exited]);
  for (const promise of [exited, ready]) promise.catch(() => undefined);
  return {
    ready,
    exited,
    stop() {
      stopping = true;
      return stopProcess(child);
    },
  };
}

async function readReady({ stdout }: ChildProcess): Promise<Ready> {
  if (stdout === null) throw new Error('the embedded cloud has no standard output');
  const lines = createInterface({ input: stdout });
  try {
    const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(START_MS) })) as [
      string,
    ];
    return readySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error('the embedded cloud did not print that it is ready', { cause });
  } finally {
    lines.close();
    stdout.resume();
  }
}

/** Sends SIGTERM, and SIGKILL after 5 s. Resolves when the process has exited. */
async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(timer);
}
