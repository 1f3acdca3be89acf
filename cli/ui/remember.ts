const MAX_ENTRIES = 200;

/** Returns what `read` returned for a key no longer than `ms` ago, and else reads. Readers at the same time share one reading. */
export type Remember = <T>(key: string, ms: number, read: () => Promise<T>) => Promise<T>;

/** Returns a memory of readings. A failed reading is not remembered. */
export function createMemory(now: () => number): Remember {
  const known = new Map<string, { until: number; value: Promise<unknown> }>();
  return async <T>(key: string, ms: number, read: () => Promise<T>): Promise<T> => {
    const entry = known.get(key);
    if (entry !== undefined && now() < entry.until) return entry.value as Promise<T>;
    const value = read();
    known.delete(key);
    known.set(key, { until: now() + ms, value });
    for (const [oldest] of known) {
      if (known.size <= MAX_ENTRIES) break;
      known.delete(oldest);
    }
    try {
      const found = await value;
      return found;
    } catch (error) {
      if (known.get(key)?.value === value) known.delete(key);
      throw error;
    }
  };
}
