import type { Language } from '../../lib/meanings/entry.ts';
import { phoneMeaning, runMeaning } from '../../lib/meanings/meanings.ts';
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

function withCode(says: string, code: string, language: Language): string {
  return says === code ? says : says + wordsOf({ language }).common.note(code);
}
