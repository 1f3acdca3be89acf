import { classOfCode } from '../../../cloud/cph/error-codes.ts';
import type { PathSet, RestoreTerms } from '../../../ledger/run/plan.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import { COMMAND_TIMEOUT_MS, statusOf } from '../attempt-status.ts';
import { chownOf, contentOf, LABELS, LEFTOVERS, MARK, OWNERS, UIDS } from './commands.ts';
import { hasSucceeded, wrongOwners } from './results.ts';

const MAX_TRIES = 2;
const RETRY_AFTER_MS = 15_000;
/** Each is a call for this phone alone. */
const MAX_CHOWNS = 8;

/** Returns the paths that the archive of a phone was to hold; undefined for a plan that does not say. */
export function pathsOf(
  { planned }: Pick<PhoneState, 'planned'>,
  restore: RestoreTerms | undefined,
): PathSet | undefined {
  return planned.paths === undefined ? undefined : restore?.path_sets?.[planned.paths];
}

/** Returns the commands of a phone before its restore: none where nothing is checked, or nothing can be left over. */
export function commandsBefore(phone: PhoneState, restore: RestoreTerms | undefined): string[] {
  const paths = pathsOf(phone, restore);
  const isChecked = paths !== undefined && restore?.reset_first !== true;
  return isChecked && contentOf(LEFTOVERS, { runId: '', paths }) !== undefined ? [MARK] : [];
}

/** Returns the commands of a phone between its restore and its restart, as far as they are known. */
export function commandsAfter(
  phone: PhoneState,
  attempts: readonly Attempt[],
  restore: RestoreTerms | undefined,
): string[] {
  if (pathsOf(phone, restore) === undefined) return [];
  const find = hasSucceeded(attempts, MARK) ? [LEFTOVERS] : [];
  const { owners } = phone.planned;
  if (owners === undefined) return find;
  const known = owners === 'fix' ? wrongOwners(attempts) : undefined;
  const wrong = known?.apps.slice(0, MAX_CHOWNS) ?? [];
  const chowns = wrong.map(({ app, uid }) => chownOf(uid, app));
  return [...find, UIDS, OWNERS, ...chowns, LABELS];
}

export type CommandStep =
  { kind: 'poll'; attempt: Attempt } | { kind: 'submit'; notBefore: number } | undefined;

/**
 * Returns what happens next to a command; undefined when it has ended, or is given up: it is run to look, and nothing depends on
 * it. Pure.
 */
export function commandStep(name: string, attempts: readonly Attempt[], now: number): CommandStep {
  let tries = 0;
  let lastEnd = 0;
  for (const attempt of attempts.filter(({ command }) => command === name)) {
    const status = statusOf(attempt);
    if (status.kind === 'running') {
      return now < status.since + COMMAND_TIMEOUT_MS ? { kind: 'poll', attempt } : undefined;
    }
    if (status.kind === 'unsent') continue;
    if (status.kind === 'outcome_unknown') lastEnd = Math.max(lastEnd, status.since);
    else if (status.kind === 'failed' && status.reason === 'refused') {
      const kind = classOfCode(status.code ?? '');
      if (kind !== 'retry' && kind !== 'wait') return undefined;
      lastEnd = Math.max(lastEnd, status.at);
    } else return undefined;
    tries += 1;
  }
  if (tries >= MAX_TRIES) return undefined;
  return { kind: 'submit', notBefore: tries === 0 ? 0 : lastEnd + RETRY_AFTER_MS };
}
