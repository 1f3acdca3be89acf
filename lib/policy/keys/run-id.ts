import { stamp } from './stamp.ts';

const TOKEN_DIGITS = 24;

/** The longest run id there is, with room to spare: 32 for the policy, 1, and 24 for the token's digest. */
export const RUN_ID_MAX = 60;

/** The id of the run of a timer's slot (epoch ms): `nightly-20260102t023000z`. */
export function timerRunId(policy: string, slot: number): string {
  return `${policy}-${stamp(slot).toLowerCase()}`;
}

/**
 * The id of the run that a client asked for under a token of its own choice. The token itself does not show.
 * `sha256hex` answers the 64 hexadecimal digits of a text's digest.
 */
export function requestRunId(
  policy: string,
  clientToken: string,
  sha256hex: (text: string) => string,
): string {
  return `${policy}-${sha256hex(`${policy}\0${clientToken}`).slice(0, TOKEN_DIGITS)}`;
}

/** The policy that a run's id names; undefined for an id of no known form. */
export function policyOfRun(runId: string): string | undefined {
  return /^(.+)-(?:\d{8}t\d{6}z|[0-9a-f]{24})$/.exec(runId)?.[1];
}
