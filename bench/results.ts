import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, 'results.json');
const EMPTY = { makespan: [], today: [], memory: [], cold_start: [] };

type Lists = Partial<Record<keyof typeof EMPTY, readonly object[]>>;

async function recorded(): Promise<Lists> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}');
  return { ...EMPTY, ...(JSON.parse(text) as Lists) };
}

/** Replaces some lists of `bench/results.json` and keeps the others. */
export async function record(lists: Lists): Promise<void> {
  await writeFile(FILE, `${JSON.stringify({ ...(await recorded()), ...lists }, null, 2)}\n`);
}

/** Puts measured nights into the list `memory`, in place of those of as many phones. */
export async function recordMemory(rows: readonly { phones: number }[]): Promise<void> {
  const { memory = [] } = await recorded();
  const fresh = new Set(rows.map(({ phones }) => phones));
  const kept = (memory as { phones: number }[]).filter(({ phones }) => !fresh.has(phones));
  await record({ memory: [...kept, ...rows] });
}

/** Returns the middle of some numbers; of an even count, the lower one of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
