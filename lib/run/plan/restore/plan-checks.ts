import type { Archive } from '../../../ledger/catalogue/archive.ts';
import type { Resets } from '../../../ledger/catalogue/rebuild/resets.ts';
import type { PathSet, PlannedPhone } from '../../../ledger/run/plan.ts';
import { covers } from '../../../policy/schema/paths.ts';
import { idOf } from './check-archives.ts';

/** Where apps have their data, each in a folder that belongs to its uid. */
const APPS = '/data/data';
/** Each may need calls of its own, of which CPH takes few a minute. */
const MAX_FIXED = 100;

/**
 * Returns the phones of a restore with what is checked on each: files that its archive lacks, and the owners of its apps where
 * they may differ from those in the archive, because it is of another phone or of the time before a reset. They are put right on
 * the first 100 such phones. `archives`: by bucket and key. Pure.
 */
export function planChecks(
  phones: readonly PlannedPhone[],
  archives: ReadonlyMap<string, Archive>,
  { resets, isReset = false }: { resets: Resets; isReset?: boolean | undefined },
): { sets: PathSet[]; phones: PlannedPhone[] } {
  const sets: PathSet[] = [];
  const known = new Map<string, number>();
  let fixed = 0;
  const checked = phones.map((phone): PlannedPhone => {
    const archive = phone.source && archives.get(idOf(phone.source));
    if (phone.verdict !== undefined || archive === undefined) return phone;
    const { digest, include, exclude } = archive.includes;
    const paths = known.get(digest) ?? sets.push({ include, exclude }) - 1;
    known.set(digest, paths);
    const isOther = isReset || archive.phone_id !== phone.phone_id;
    const wasReset = resets.get(phone.phone_id) !== archive.flags.generation;
    const hasApps = include.some((path) => covers(path, APPS) || covers(APPS, path));
    if (!hasApps || (!isOther && !wasReset)) return { ...phone, paths };
    fixed += 1;
    return { ...phone, paths, owners: fixed <= MAX_FIXED ? 'fix' : 'tell' };
  });
  return { sets, phones: checked };
}
