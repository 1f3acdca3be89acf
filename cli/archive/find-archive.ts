import { PhonevaultError } from '../../lib/errors.ts';
import { listArchives } from '../../lib/run/query/archives.ts';
import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { visible } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { runIdValue } from '../program/id-values.ts';
import type { OptionSpec } from '../program/command.ts';
import { atOption, filterOf, type FilterOptions, policyOption } from './filter.ts';

/** Archives that are looked at for the newest good one. */
const MAX = 1_000;

export type ChoiceOptions = FilterOptions & { run?: string };

/** The options that choose one archive of a phone. */
export const choiceOptions: OptionSpec[] = [
  policyOption,
  { flags: '--run <id>', text: 'the archive of this run', parse: runIdValue },
  atOption('the newest'),
];

/**
 * Returns the newest archive of a phone that is neither suspect nor in the trash, and that no restore made, or that of a run, whatever
 * it is. Throws `not_found` when there is none, or when the name belongs to several phones.
 */
export async function findArchive(
  io: Io,
  store: Store,
  phone: string,
  { run, ...filter }: ChoiceOptions,
): Promise<ArchiveView> {
  const { archives } = await listArchives(store, { ...filterOf(io, filter, phone), max: MAX });
  const fitting = archives.filter(({ run_id }) => run === undefined || run_id === run);
  const ids = [...new Set(fitting.map(({ phone_id }) => phone_id))];
  if (ids.length > 1) throw ambiguous(phone, ids);
  const isGood = ({ suspect, trigger, trashed_at }: ArchiveView): boolean =>
    suspect === undefined && trashed_at === undefined && trigger !== 'restore';
  const [good] = fitting.filter((archive) => run !== undefined || isGood(archive));
  if (good !== undefined) return good;
  throw noGoodArchive(phone, fitting[0]);
}

function ambiguous(phone: string, ids: string[]): PhonevaultError {
  return new PhonevaultError(
    'not_found',
    `${ids.length} phones are or were named ${visible(phone)}`,
    {
      hint: `give the id of one: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`,
    },
  );
}

function noGoodArchive(phone: string, suspect: ArchiveView | undefined): PhonevaultError {
  const hint =
    suspect === undefined
      ? `phonevault archives ${phone} lists all of its archives`
      : `the newest is suspect (much smaller than those before) or in the trash: to take it, add --run ${suspect.run_id}`;
  return new PhonevaultError('not_found', `no good archive of ${visible(phone)} matches`, { hint });
}
