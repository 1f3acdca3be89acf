import { PhonevaultError, ServiceError } from '../../lib/errors.ts';

export const outcomes = ['ok', 'warning', 'failed', 'unknown', 'skipped'] as const;

/** `unknown`: it could not be found out. `skipped`: nobody asked for it, or something else must be put right first. */
export type Outcome = (typeof outcomes)[number];

/** What a check came to: what is, and where something is wrong what to do. */
export type Verdict = { outcome: Outcome; message: string; fix?: string };

/** A verdict under the name of its check; `subject` where a check looks at several things, such as a bucket. */
export type Finding = { check: string; subject?: string } & Verdict;

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

/** Of several verdicts on one thing: the worst, with everything that is wrong in its text; `good` when nothing is. */
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

const PASSING = new Set(['unreachable', 'throttled', 'time_up']);

/**
 * What an error means for a check. `right` is what the caller lacks when access is denied. What may pass leaves it
 * unknown; anything else fails. An error that is not ours is rethrown.
 */
export function verdictOf(error: unknown, right?: string): Verdict {
  if (!(error instanceof PhonevaultError)) throw error;
  const { code, message, hint } = error;
  if (code === 'access_denied' && right !== undefined) {
    return failed(
      message,
      `give these credentials the right ${right}; it takes up to 15 minutes to arrive`,
    );
  }
  const serverSide = error instanceof ServiceError && (error.status ?? 0) >= 500;
  const fix =
    hint ?? 'run it again; if it persists, PHONEVAULT_DEBUG=1 shows every call that failed';
  return PASSING.has(code) || error.retryable || serverSide
    ? unknown(message, fix)
    : failed(message, fix);
}
