import type { PathSet, RestoreTerms } from '../../../ledger/run/plan.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import { chownOf, contentOf, LABELS, LEFTOVERS, MARK, OWNERS, UIDS } from './commands.ts';
import { hasSucceeded, wrongOwners } from './results.ts';

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
