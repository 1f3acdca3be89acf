import type { Block } from '../../lib/ledger/retention/state.ts';
import type { Language, Meaning } from '../../lib/meanings/entry.ts';
import { meaningOf, phoneMeaning, runMeaning } from '../../lib/meanings/meanings.ts';
import { wordsOf } from '../words/words.ts';

type Ended = {
  /** An outcome, or what is planned for a phone. */
  state: string;
  reason?: string | undefined;
  code?: string | undefined;
};

/** Returns why a phone ended as it did, in words and with the code that says most; unknown codes as they are, and nothing without one. */
export function whyPhone({ state, reason, code }: Ended, language: Language): string {
  const most = code ?? reason;
  if (most === undefined) return '';
  const says = phoneMeaning({ outcome: state, reason, code }, language)?.says;
  if (says === undefined) return [reason, code].filter(Boolean).join(' ');
  return withCode(says, most, language);
}

/** Returns what to do about it; undefined when nothing is known. */
export function fixPhone({ state, reason, code }: Ended, language: Language): string | undefined {
  if (reason === undefined && code === undefined) return undefined;
  return phoneMeaning({ outcome: state, reason, code }, language)?.fix;
}

/** Returns why a run never started or was quarantined, in words and with the code. */
export function whyRun(reason: string, language: Language): string {
  const says = runMeaning(reason, language)?.says;
  return says === undefined ? reason : withCode(says, reason, language);
}

/** Returns why retention deleted nothing, and what to do. */
export function whyPrune(block: Block, language: Language): Meaning {
  return meaningOf('prune', block, language) ?? { says: block };
}

/** Returns why retention keeps or deletes an archive: reasons in English as they are in data, or what they mean. */
export function whyKept(reasons: readonly string[], language: Language): string {
  if (language === 'en') return reasons.join(', ') || '-';
  const says = (reason: string): string =>
    (meaningOf('keep', reason, language) ?? meaningOf('remove', reason, language))?.says ?? reason;
  return reasons.map(says).join(wordsOf({ language }).common.comma) || '-';
}

function withCode(says: string, code: string, language: Language): string {
  return says === code ? says : says + wordsOf({ language }).common.note(code);
}
