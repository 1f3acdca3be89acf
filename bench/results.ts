import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, 'results.json');

/** Replaces some lists of `bench/results.json` and keeps the others. */
export async function record(lists: Record<string, readonly object[]>): Promise<void> {
  const empty = { makespan: [], today: [], memory: [], cold_start: [] };
  const before = await readFile(FILE, 'utf8').then(
    (text) => JSON.parse(text) as object,
    () => ({}),
  );
  await writeFile(FILE, `${JSON.stringify({ ...empty, ...before, ...lists }, null, 2)}\n`);
}

/** Returns the middle of some numbers; of an even count, the lower one of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
