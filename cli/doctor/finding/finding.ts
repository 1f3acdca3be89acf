import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';

export const outcomes = ['ok', 'warning', 'failed', 'unknown', 'skipped'] as const;

/** `unknown`: the check could not find out. `skipped`: it was not requested, or depends on a failed check. */
export type Outcome = (typeof outcomes)[number];

/** The result of a check: what it found and, for a problem, how to fix it. `denied`: a permission is missing. */
export type Verdict = { outcome: Outcome; message: string; fix?: string; denied?: true };

/** A verdict with the name of its check. `subject` names the bucket or function where a check covers several. */
export type Finding = {
  check: string;
  subject?: string;
  /** The check, and its subject, whose failure explains this one. */
  follows?: string;
} & Verdict;

/** Returns the name of a finding: its check and its subject. */
export const nameOf = ({ check, subject }: Pick<Finding, 'check' | 'subject'>): string =>
  [check, subject].filter(Boolean).join(' ');

export const ok = (message: string): Verdict => ({ outcome: 'ok', message });
export const skipped = (message: string): Verdict => ({ outcome: 'skipped', message });
export const warning = (message: string, fix: string): Verdict => ({
  outcome: 'warning',
  message,
  fix,
});
export const failed = (message: string, fix: string): Verdict => ({
  outcome: 'failed',
  message,
  fix,
});
export const unknown = (message: string, fix?: string): Verdict => ({
  outcome: 'unknown',
  message,
  ...(fix === undefined ? {} : { fix }),
});

/** Merges verdicts on one subject: the worst outcome with all problems as text, or ok with the text `good`. */
export function worstOf(verdicts: readonly Verdict[], good: string): Verdict {
  const bad = verdicts.filter(({ outcome }) => outcome !== 'ok');
  if (bad.length === 0) return ok(good);
  const outcome = (['failed', 'warning', 'unknown', 'skipped'] as const).find((one) =>
    bad.some((verdict) => verdict.outcome === one),
  );
  const fixes = [...new Set(bad.flatMap(({ fix }) => fix ?? []))];
  return {
    outcome: outcome ?? 'unknown',
    message: bad.map(({ message }) => message).join('; '),
    ...(fixes.length === 0 ? {} : { fix: fixes.join('; ') }),
  };
}

const TEMPORARY = new Set(['unreachable', 'throttled', 'time_up']);

/**
 * Returns the verdict for an error. `right` is the permission that the caller lacks when access is denied. A temporary error
 * is `unknown`, any other `failed`. Rethrows errors of other kinds.
 */
export function verdictOf(error: unknown, right?: string): Verdict {
  if (!(error instanceof PhonevaultError)) throw error;
  const { code, message, hint } = error;
  if (code === 'access_denied' && right !== undefined) {
    const fix = `grant these credentials ${right}; it takes effect within 15 minutes`;
    return { ...failed(message, fix), denied: true };
  }
  const serverSide = error instanceof ServiceError && (error.status ?? 0) >= 500;
  const fix =
    hint ?? 'run it again; if it persists, PHONEVAULT_DEBUG=1 shows every call that failed';
  return TEMPORARY.has(code) || error.retryable || serverSide
    ? unknown(message, fix)
    : failed(message, fix);
}
