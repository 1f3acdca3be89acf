import { leakIn } from './marks.ts';

/** Where a text came from: a service's name, or one of these. */
export type Source = 'log' | 'cli' | 'console' | 'http' | 'error' | (string & {});

type Checked = { leaks: string[]; texts: Map<Source, number> };

const checked: Checked = { leaks: [], texts: new Map() };

/** Checks a text that leaves the process for leaks. Returns it. */
export function checkText(source: Source, text: string): string {
  checked.texts.set(source, (checked.texts.get(source) ?? 0) + 1);
  const leak = leakIn(text);
  if (leak !== undefined && checked.leaks.length < 20) checked.leaks.push(`${source}: ${leak}`);
  return text;
}

/** Returns the leaks found since the last call. */
export function takeLeaks(): string[] {
  return checked.leaks.splice(0);
}

/** Returns how many texts of each source were checked. */
export function checkedTexts(): ReadonlyMap<Source, number> {
  return new Map(checked.texts);
}
