import type { PhoneReason } from '../ledger/run/reasons.ts';
import { cph } from './cph-codes.ts';
import { type Entry, inLanguage, type Language, type Meaning } from './entry.ts';
import { error } from './errors.ts';
import { kind } from './kinds.ts';
import { backup, drill, phoneOutcome, runOutcome, trigger } from './outcomes.ts';
import { phoneReason } from './phone-reasons.ts';
import { firstBackup, phoneState } from './phone-states.ts';
import { keep, prune, remove } from './retention.ts';
import { missed, runReason, silence, undone } from './run-reasons.ts';
import { gateway, obs } from './service-codes.ts';

/** What every code means, by family: the same word may mean something else in another family. */
export const meanings = {
  ...{ runOutcome, phoneOutcome, backup, drill, trigger },
  ...{ phoneReason, phoneState, firstBackup },
  ...{ runReason, missed, silence, undone },
  ...{ error, cph, obs, gateway },
  ...{ keep, remove, prune, kind },
} satisfies Record<string, Record<string, Entry>>;

export type Family = keyof typeof meanings;

const HTTP_STATUS = /^HTTP\.(\d{3})$/;
const UNKNOWN_STATE = /^unknown_-?\d+$/;

/** Returns what a code of a family means; undefined for one that this version does not know. */
export function meaningOf(family: Family, code: string, language: Language): Meaning | undefined {
  const entries: Record<string, Entry> = meanings[family];
  const known = family === 'phoneState' && UNKNOWN_STATE.test(code) ? 'unknown' : code;
  const entry = Object.hasOwn(entries, known) ? entries[known] : undefined;
  return entry && inLanguage(entry, language);
}

/** Returns what the code of a service means; undefined for one that this version does not know. */
export function serviceMeaning(code: string, language: Language): Meaning | undefined {
  const [, status] = HTTP_STATUS.exec(code) ?? [];
  if (status !== undefined) return httpMeaning(status, language);
  for (const family of ['cph', 'obs', 'gateway', 'error'] as const) {
    const found = meaningOf(family, code, language);
    if (found !== undefined) return found;
  }
  return undefined;
}

function httpMeaning(status: string, language: Language): Meaning {
  const says = [`the service answered HTTP ${status}`, `服务返回 HTTP ${status}`] as const;
  const fix = [
    'Phonevault tries again where it can. If it lasts, open a ticket with the request id of the log.',
    'Phonevault 会在可行时重试。如果持续出现，请凭日志中的请求 ID 提交工单。',
  ] as const;
  return inLanguage({ says, fix }, language);
}

/** Returns why a run ended before it started, or rests: a reason of its own, or an error code. */
export function runMeaning(reason: string, language: Language): Meaning | undefined {
  return meaningOf('runReason', reason, language) ?? meaningOf('error', reason, language);
}

type Ended = { outcome: string; reason?: string | undefined; code?: string | undefined };

/** These only say which call failed: the code says why. */
const ONLY_WHERE: ReadonlySet<string> = new Set<PhoneReason>([
  ...(['job_failed', 'refused', 'restore_failed', 'restart_failed', 'reset_failed'] as const),
]);

/**
 * Returns why a phone ended as it did: what the code of the service says, our reason, the state of the phone, or the outcome alone,
 * whichever says most and is known. Undefined for words that this version does not know.
 */
export function phoneMeaning(
  { outcome, reason = '', code = '' }: Ended,
  language: Language,
): Meaning | undefined {
  const own =
    meaningOf('phoneReason', reason, language) ?? meaningOf('phoneState', reason, language);
  const cause =
    serviceMeaning(code, language) ??
    meaningOf('phoneReason', code, language) ??
    meaningOf('phoneState', code, language);
  if (own === undefined) {
    if (cause !== undefined || reason !== '' || code !== '') return cause;
    return meaningOf('phoneOutcome', outcome, language);
  }
  if (cause === undefined) return own;
  if (ONLY_WHERE.has(reason)) return cause;
  const colon = language === 'zh' ? '：' : ': ';
  return { ...own, ...cause, says: `${own.says}${colon}${cause.says}` };
}
