import { isDeepStrictEqual } from 'node:util';
import type { Report, ReportedPhone } from '../../ledger/run/report.ts';
import { noTotals, readTotals, type Totals, writeTotals } from '../../ledger/state/totals.ts';
import type { RunDeps } from '../deps.ts';
import { addRun } from './add-run.ts';
import { countShards } from './count-archives.ts';

/** A drive has to end in time: more shards are counted after the next run. */
const MAX_READS = 32;
/** So many fit into an object with the rest. */
const MAX_SHARDS = 8_000;

type Deps = Pick<RunDeps, 'store' | 'clock'>;

/** Adds a settled run to the totals of its policy, and counts the archives that it has added. Safe to repeat. */
export async function recordTotals(
  deps: Deps,
  report: Omit<Report, 'phones'>,
  phones: readonly ReportedPhone[],
): Promise<void> {
  await change(deps, report.policy, (known) => addRun(known, report, phones));
}

/** Counts the archives of a policy again, after some were deleted. */
export async function recountArchives(deps: Deps, policy: string): Promise<void> {
  await change(deps, policy, (known) => known);
}

async function change(
  { store, clock }: Deps,
  policy: string,
  edit: (known: Totals) => Totals,
): Promise<void> {
  const known = await readTotals(store, policy);
  const edited = edit(known ?? noTotals(clock.now()));
  const { shards } = await countShards(store, policy, edited.shards, MAX_READS);
  const next = { ...edited, shards: Object.keys(shards).length > MAX_SHARDS ? {} : shards };
  if (!isDeepStrictEqual(next, known)) await writeTotals(store, next, policy);
}
