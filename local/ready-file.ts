import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Cloud } from './cloud.ts';

const ownerSchema = z.object({ pid: z.number().int().positive(), cph: z.url() });

/** `taken`: another running cloud has the file. */
export type ReadyFile = { kind: 'written'; remove: () => void } | { kind: 'taken'; by: string };

const PROBE_MS = 2_000;

/**
 * Writes the ready line and more values for a deployment to a file that only the owner can read. The file of another cloud
 * that runs is left alone. `remove` deletes the file, unless another cloud has overwritten it.
 */
export async function writeReadyFile(
  file: string,
  cloud: Pick<Cloud, 'topicUrn' | 'user'>,
  ready: string,
): Promise<ReadyFile> {
  const text = JSON.stringify({
    ...(JSON.parse(ready) as object),
    obsPathStyle: 'true',
    operatorsTopicUrn: `${cloud.topicUrn}-operators`,
    apiGroup: 'phonevault',
    user: cloud.user.name,
    password: cloud.user.password,
    pid: process.pid,
  });
  await mkdir(dirname(file), { recursive: true });
  if (!(await created(file, text))) {
    const by = await ownerOf(file, text);
    if (by !== undefined) return { kind: 'taken', by };
    await rm(file, { force: true });
    if (!(await created(file, text))) return { kind: 'taken', by: 'a cloud that just started' };
  }
  const remove = () => {
    try {
      if (readFileSync(file, 'utf8') === text) rmSync(file);
    } catch {
      // Already deleted.
    }
  };
  return { kind: 'written', remove };
}

/** Writes a new file. Returns false if there is one already. */
async function created(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns who has the file; undefined if that cloud no longer runs. `own` is what this cloud would write. */
async function ownerOf(file: string, own: string): Promise<string | undefined> {
  const found = ownerSchema.safeParse(parsed(await readFile(file, 'utf8').catch(() => '')));
  // Perhaps it is just being written.
  if (!found.success) return 'another program; delete the file if no embedded cloud runs here';
  const { pid, cph } = found.data;
  const isOwnPort = ownerSchema.parse(JSON.parse(own)).cph === cph;
  return !isOwnPort && isProcess(pid) && (await answers(cph)) ? `process ${pid}` : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False if nothing listens there: another program may have got the number of a process that ended. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/_local/limits`, { signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch (error) {
    return (error as Error).name === 'TimeoutError';
  }
}
