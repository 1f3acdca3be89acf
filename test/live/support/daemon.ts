import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A folder of its own and the environment for all that is started in it. */
export type Room = { folder: string; env: NodeJS.ProcessEnv };

export type Daemon = { name: string; child: ChildProcess; log: string };

/** A server and where it is. */
export type Running<T> = { facts: T; stop(): Promise<void> };

const given = new Set<number>();
/** Seconds on an idle machine; on one that is busy with much else, minutes. */
const START_MS = 180_000;
const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/** A room below `parent`. Nothing of this machine's environment goes in but where programs lie. */
export function openRoom(parent: string, name: string, env: NodeJS.ProcessEnv = {}): Room {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  return { folder, env: { PATH, HOME: folder, LC_ALL: 'C.UTF-8', ...env } };
}

/** Starts a program that stays in the foreground. The kernel ends it with this process, however that ends. */
export function startDaemon(room: Room, name: string, command: string, args: string[]): Daemon {
  const log = join(room.folder, `${name}.out`);
  const output = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    cwd: room.folder,
    env: room.env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined);
  return { name, child, log };
}

export async function stopDaemon({ child }: Daemon): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(timer);
}

/** Runs a program to its end; what it printed. Throws with what it complained about. */
export async function runTool(room: Room, command: string, args: string[]): Promise<string> {
  const options = { cwd: room.folder, env: room.env, timeout: START_MS };
  try {
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(`${command} ${args[0]}: ${stderr.trim().slice(-2_000) || message}`);
  }
}

/** Waits until `isUp` answers true. Throws with the end of the log when the daemon ends or `ms` are over. */
export async function waitFor(
  { name, child, log }: Daemon,
  isUp: () => Promise<boolean>,
  ms = START_MS,
): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    if (await isUp().catch(() => false)) return;
    const ended = child.pid === undefined || hasEnded(child);
    if (ended || Date.now() > end) {
      const what = ended ? 'ended by itself' : `was not up within ${ms / 1000} s`;
      throw new Error(`${name} ${what}:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
    await sleep(POLL_MS);
  }
}

/** A loopback port that is free and was not given before, below those that the kernel gives to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
