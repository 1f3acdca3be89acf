import type { Language } from '../../../lib/meanings/entry.ts';
import { allowed } from './allowed.ts';
import { meanings } from './meanings.ts';

/** The cells of docs/policy.md in Chinese, by their text in English. */
export const chineseCells: ReadonlyMap<string, string> = new Map(
  [allowed, meanings].flatMap((part) => Object.entries(part)),
);

/** Returns the text of a cell in a language. Throws if it has no Chinese. */
export function cellIn(language: Language, text: string): string {
  if (language === 'en') return text;
  const chinese = chineseCells.get(text);
  if (chinese === undefined) throw new Error(`no Chinese in scripts/docs/words/ for: ${text}`);
  return chinese;
}
