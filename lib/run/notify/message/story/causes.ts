import type { PhoneOutcome } from '../../../../ledger/run/report.ts';
import { grouped } from '../../../../ledger/store/parts/grouped.ts';
import type { Language } from '../../../../meanings/entry.ts';
import { phoneMeaning } from '../../../../meanings/meanings.ts';
import { type NameRange, nameRanges } from '../../../../name-ranges.ts';
import { cutText } from '../../../../visible.ts';
import type { EndedPhone } from '../notification.ts';
import { wordings } from '../words/wordings.ts';

/** Phones that ended in the same way for the same reason. */
export type Cause = {
  outcome: PhoneOutcome;
  reason: string | undefined;
  code: string | undefined;
  /** The reason in words. */
  says: string;
  /** False for a reason that this version does not know. */
  isKnown: boolean;
  fix: string | undefined;
  phones: EndedPhone[];
  names: NameRange[];
};

const MAX_CODE_CHARACTERS = 64;

/** Returns why phones ended as they did, the most frequent cause first. Pure. */
export function causesOf(phones: readonly EndedPhone[], language: Language): Cause[] {
  const groups = grouped(phones, ({ outcome, reason = '', code = '' }) =>
    [outcome, reason, code].join('\0'),
  );
  const causes = [...groups].map(([key, own]) => ({ key, cause: causeOf(own, language) }));
  causes.sort((a, b) => b.cause.phones.length - a.cause.phones.length || (a.key < b.key ? -1 : 1));
  return causes.map(({ cause }) => cause);
}

function causeOf(phones: EndedPhone[], language: Language): Cause {
  const [{ outcome, reason, code } = { outcome: 'failed' as const }] = phones;
  const meaning = phoneMeaning({ outcome, reason, code }, language);
  return {
    ...{ outcome, reason: shortCode(reason), code: shortCode(code), phones, fix: meaning?.fix },
    says: meaning?.says ?? wordings[language].unknownReason,
    isKnown: meaning !== undefined,
    names: namesOf(phones),
  };
}

/** Returns a code cut to 64 characters. */
export function shortCode(code: string | undefined): string | undefined {
  return code === undefined ? undefined : cutText(code, MAX_CODE_CHARACTERS);
}

/** Returns phones by their names, those without a name by their ids: that ids count up means nothing. */
export function namesOf(phones: readonly Pick<EndedPhone, 'phone_id' | 'phone_name'>[]) {
  const named = phones.filter(({ phone_name }) => phone_name !== '');
  const unnamed = phones.filter(({ phone_name }) => phone_name === '');
  return [
    ...nameRanges(named.map(({ phone_name }) => phone_name)),
    ...unnamed.map(({ phone_id }): NameRange => ({ text: phone_id, count: 1 })),
  ];
}
