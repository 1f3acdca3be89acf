import { PhonevaultError } from '../../lib/errors.ts';
import type { Archive } from '../../lib/ledger/catalogue/archive.ts';
import { isGood } from '../../lib/ledger/catalogue/newest-archives.ts';
import { isPinned, listPins } from '../../lib/ledger/catalogue/pins.ts';
import { viewOf } from '../../lib/run/query/archives.ts';
import { archivesOfPhone } from '../../lib/run/query/named-archive.ts';
import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { visible } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { runIdValue } from '../program/id-values.ts';
import type { OptionSpec } from '../program/command.ts';
import { atOption, type FilterOptions, policyOption } from './filter.ts';

export type ChoiceOptions = FilterOptions & { run?: string };

/** The options that choose one archive of a phone. */
export const choiceOptions: OptionSpec[] = [
  policyOption,
  { flags: '--run <id>', text: 'the archive of this run', parse: runIdValue },
  atOption('the newest'),
];

/**
 * Returns the newest good archive of a phone, or that of a run, whatever it is. Throws `not_found` when there is none, or when the name
 * belongs to several phones.
 */
export async function findArchive(
  { clock }: Pick<Io, 'clock'>,
  store: Store,
  phone: string,
  { run, policy, at }: ChoiceOptions,
): Promise<ArchiveView> {
  const fitting = await archivesOfPhone(store, phone, { run, policy, at: at?.(clock.now()) });
  const found = run === undefined ? fitting.find(isGood) : fitting[0];
  if (found === undefined) throw noGoodArchive(phone, fitting[0]);
  return viewOf(found, isPinned(await listPins(store), found));
}

function noGoodArchive(phone: string, suspect: Archive | undefined): PhonevaultError {
  const hint =
    suspect === undefined
      ? `phonevault archives ${phone} lists all of its archives`
      : `the newest is suspect (much smaller than those before) or in the trash: to take it, add --run ${suspect.run_id}`;
  return new PhonevaultError('not_found', `no good archive of ${visible(phone)} matches`, { hint });
}
