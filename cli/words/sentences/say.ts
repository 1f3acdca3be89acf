import type { Language } from '../../../lib/meanings/entry.ts';
import { amounts } from './amounts.ts';
import { doctor } from './doctor.ts';
import { functions } from './functions.ts';
import { hints } from './hints.ts';
import { policies } from './policies.ts';
import { services } from './services.ts';

/**
 * Sentences in Chinese, by those in English. `{}` stands for a part, `{w}` for one word
 * and `#` for a number; in Chinese `{2}` is the second of them, where the order differs.
 */
export type Sentences = Readonly<Record<string, string>>;

export const sentences: Sentences = {
  ...amounts,
  ...{ ...doctor, ...services, ...functions },
  ...{ ...hints, ...policies },
};

const GAP = /\{w?\}|#/;

type Pattern = { matches: RegExp; chinese: string; letters: number };

let read: { exact: Map<string, string>; patterns: Pattern[] } | undefined;

/** Reads the table when it is first needed: most commands print none of it. */
const table = (): NonNullable<typeof read> => (read ??= readTable());

function readTable(): NonNullable<typeof read> {
  const patterns = Object.entries(sentences)
    .filter(([english]) => GAP.test(english))
    .map(([english, chinese]) => ({
      matches: patternOf(english),
      chinese,
      letters: english.replace(new RegExp(GAP, 'g'), '').length,
    }))
    .sort((a, b) => b.letters - a.letters);
  return { exact: new Map(Object.entries(sentences)), patterns };
}

/** A part has no semicolon: those stand between sentences. */
function patternOf(english: string): RegExp {
  const source = english
    .replace(/[\\^$.*+?()[\]|]/g, String.raw`\$&`)
    .replaceAll('{w}', String.raw`(\S+)`)
    .replaceAll('{}', '((?:(?!; ).)+?)')
    .replaceAll('#', String.raw`(\d+)`);
  return new RegExp(`^${source}$`, 's');
}

/** Returns a text of findings, hints or warnings in a language. What is not in the table stays in English, such as the message of a service. */
export function sayIn(language: Language, text: string): string {
  return language === 'en' ? text : joined(text, '; ', '；').text;
}

/** Returns whether all of a text is in the table. */
export const isKnown = (text: string): boolean => joined(text, '; ', '；').isWhole;

type Said = { text: string; isWhole: boolean };

/** Translates the longest sequences of parts that the table has. */
function joined(text: string, separator: string, chinese: string): Said {
  const parts = text.split(separator);
  const said: string[] = [];
  let isWhole = true;
  for (let from = 0; from < parts.length;) {
    let to = parts.length;
    let found: string | undefined;
    for (; to > from; to -= 1) {
      found = sentence(parts.slice(from, to).join(separator));
      if (found !== undefined) break;
    }
    said.push(found ?? parts[from] ?? '');
    isWhole &&= found !== undefined;
    from = Math.max(to, from + 1);
  }
  return { text: said.join(chinese), isWhole };
}

function sentence(text: string): string | undefined {
  const { exact, patterns } = table();
  const bare = text.replace(/\.$/, '');
  const same = exact.get(text) ?? exact.get(bare);
  if (same !== undefined) return same;
  for (const { matches, chinese } of patterns) {
    const [, ...parts] = matches.exec(text) ?? matches.exec(bare) ?? [];
    if (parts.length === 0) continue;
    return parts.reduce(
      (said, part, index) =>
        filled(said, part, said.includes(`{${index + 1}}`) ? `{${index + 1}}` : GAP),
      chinese,
    );
  }
  return undefined;
}

/** Puts a part into the next gap. A part may itself be a list of sentences; names are in no table. */
function filled(chinese: string, part: string, gap: RegExp | string): string {
  const { text, isWhole } = joined(part, ', ', '，');
  return chinese.replace(gap, () => (isWhole ? text : part));
}
