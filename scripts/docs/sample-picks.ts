import type { Entry } from './sample-world.ts';

/** One entry with the first event of each type. */
export function oneOfEach(entries: Entry[]): Entry {
  const events = entries.flatMap((entry) => entry.events);
  return { version: entries[0]?.version ?? 0, events: firstOf(events, ({ type }) => type) };
}

/** The report with the first phone of each outcome. */
export function oneOfEachOutcome(report: unknown): unknown {
  const { phones, ...rest } = report as { phones: { outcome: string; attempts: number }[] };
  return { ...rest, phones: firstOf(phones, ({ outcome }) => outcome) };
}

/** The first phone of each state. */
export function oneOfEachState<T extends { state: string }>(phones: readonly T[]): T[] {
  return firstOf(phones, ({ state }) => state);
}

function firstOf<T>(list: readonly T[], kindOf: (one: T) => string): T[] {
  const kinds = new Map<string, T>();
  for (const one of list) if (!kinds.has(kindOf(one))) kinds.set(kindOf(one), one);
  return [...kinds.values()];
}
