import { stamp } from './stamp.ts';

const TOKEN_DIGITS = 24;

/** More than the longest run id has: 32 characters for the policy, 1, and 24 for the digest of the token. */
export const RUN_ID_MAX = 60;

/** Returns the id of the run for a slot (epoch ms): `nightly-20260102t023000z`. */
export function timerRunId(policy: string, slot: number): string {
  return `${policy}-${stamp(slot).toLowerCase()}`;
}

/**
 * Returns the id of a run that a client requested with an idempotency token. The id does not reveal the token.
 * `sha256hex` returns the SHA-256 digest of a text as 64 hexadecimal digits.
 */
export function requestRunId(
  policy: string,
  clientToken: string,
  sha256hex: (text: string) => string,
): string {
  return `${policy}-${sha256hex(`${policy}\0${clientToken}`).slice(0, TOKEN_DIGITS)}`;
}

/** Returns the policy in a run id, or undefined when the id has no known form. */
export function policyOfRun(runId: string): string | undefined {
  return /^(.+)-(?:\d{8}t\d{6}z|[0-9a-f]{24})$/.exec(runId)?.[1];
}
