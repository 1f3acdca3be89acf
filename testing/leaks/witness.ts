import { leakIn } from './marks.ts';

/** Where a text came from: a service's name, or one of these. */
export type Where = 'log' | 'cli' | 'console' | 'http' | 'error' | (string & {});

type Seen = { leaks: string[]; texts: Map<Where, number> };

const seen: Seen = { leaks: [], texts: new Map() };

/** Looks at a text that was told to somebody. Returns it. */
export function witnessed(where: Where, text: string): string {
  seen.texts.set(where, (seen.texts.get(where) ?? 0) + 1);
  const leak = leakIn(text);
  if (leak !== undefined && seen.leaks.length < 20) seen.leaks.push(`${where}: ${leak}`);
  return text;
}

/** The leaks that were seen since the last time. */
export function takeLeaks(): string[] {
  return seen.leaks.splice(0);
}

/** How many texts of each kind were looked at. */
export function textsSeen(): ReadonlyMap<Where, number> {
  return new Map(seen.texts);
}
