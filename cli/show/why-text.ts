import { phoneMeaning, runMeaning } from '../../lib/meanings/meanings.ts';

type Ended = {
  /** An outcome, or what is planned for a phone. */
  state: string;
  reason?: string | undefined;
  code?: string | undefined;
};

/** Returns why a phone ended as it did, in words and with the code that says most; unknown codes as they are, and nothing without one. */
export function whyPhone({ state, reason, code }: Ended): string {
  const most = code ?? reason;
  if (most === undefined) return '';
  const says = phoneMeaning({ outcome: state, reason, code }, 'en')?.says;
  return says === undefined ? [reason, code].filter(Boolean).join(' ') : withCode(says, most);
}

/** Returns what to do about it; undefined when nothing is known. */
export function fixPhone({ state, reason, code }: Ended): string | undefined {
  if (reason === undefined && code === undefined) return undefined;
  return phoneMeaning({ outcome: state, reason, code }, 'en')?.fix;
}

/** Returns why a run never started or was quarantined, in words and with the code. */
export function whyRun(reason: string): string {
  const says = runMeaning(reason, 'en')?.says;
  return says === undefined ? reason : withCode(says, reason);
}

const withCode = (says: string, code: string): string =>
  says === code ? says : `${says} (${code})`;
