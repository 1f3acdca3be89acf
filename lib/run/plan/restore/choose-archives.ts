import type { Archive } from '../../../ledger/catalogue/archive.ts';
import { isGood, newestOfPhones } from '../../../ledger/catalogue/newest-archives.ts';
import { archivesOfRun } from '../../../ledger/catalogue/rebuild/rebuild.ts';
import { readResets } from '../../../ledger/catalogue/rebuild/resets.ts';
import { listShards } from '../../../ledger/catalogue/shards/shards.ts';
import { readPlan } from '../../../ledger/run/plan.ts';
import { readSettled } from '../../../ledger/run/settled/read-settled.ts';
import type { RestoreOrder } from '../../../ledger/run/restore-order.ts';
import { PhonevaultError } from '../../../errors.ts';
import { momentIn } from '../../../policy/slots/moment.ts';
import type { RunDeps } from '../../deps.ts';
import { readPolicy } from '../../state/read-policy.ts';

type Deps = Pick<RunDeps, 'store' | 'ledger'>;

/** A phone, and the archive that is to be restored to it: undefined when there is none. */
export type Wanted = { phone: string; archive: Archive | undefined };

/**
 * Returns which archive each phone of an order gets. Throws `not_found` for a run that has not settled or does not exist,
 * `event_invalid` for a time that does not exist, and ObjectError when the catalogue cannot be read.
 */
export async function chooseArchives(deps: Deps, order: RestoreOrder): Promise<Wanted[]> {
  const named = order.run === undefined ? undefined : await readRun(deps, order, order.run);
  const targets =
    order.targets ?? [...(named?.keys() ?? [])].map((phone) => ({ phone, source: undefined }));
  const pairs = targets.map(({ phone, source }) => ({ phone, source: source ?? phone }));
  const missing = pairs
    .filter(
      ({ source }) => named === undefined || (named.has(source) && named.get(source) === undefined),
    )
    .map(({ source }) => source);
  const newest = await newestGood(deps, order, new Set(missing));
  return pairs.map(({ phone, source }) => ({
    phone,
    archive: named?.get(source) ?? newest.get(source),
  }));
}

/** Returns the newest good archive of each of these phones, as of the time of the order. */
async function newestGood(
  deps: Deps,
  { at, policy }: RestoreOrder,
  phones: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Archive>> {
  if (phones.size === 0) return new Map();
  const limits = at === undefined ? undefined : await limitsOf(deps, at, policy);
  const isEligible = (archive: Archive): boolean =>
    isGood(archive) &&
    (limits === undefined || archive.verified_at <= (limits.get(archive.policy) ?? 0));
  const { archives, errors } = await newestOfPhones(deps.store, phones, isEligible, policy);
  const [unreadable] = errors;
  // An older archive must not pass for the newest one.
  if (unreadable !== undefined) throw unreadable;
  return archives;
}

/** Returns what `at` means (epoch ms) for each policy: a local time is one of the policy's zone, or of UTC when it has none. */
async function limitsOf(deps: Deps, at: string, only?: string): Promise<Map<string, number>> {
  const shards = await listShards(deps.store, only);
  const policies = [...new Set(shards.map(({ policy }) => policy))];
  const limits = policies.map(async (policy): Promise<[string, number]> => {
    const moment = momentIn(await zoneOf(deps, policy), at);
    if (moment !== undefined) return [policy, moment];
    throw new PhonevaultError('event_invalid', `there is no time ${at}`, {
      hint: 'Write it as 2026-11-28 03:00, in the zone of the policy, or with an offset.',
    });
  });
  return new Map(await Promise.all(limits));
}

async function zoneOf(deps: Deps, policy: string): Promise<string> {
  const file = await readPolicy(deps, policy);
  const zone = file?.parsed.ok === true ? file.parsed.policy.schedule?.timezone : undefined;
  return zone ?? 'UTC';
}

/**
 * Returns the phones of a settled run with their archives. `failed_only`: the phones that it did not export, or did not restore.
 * A phone whose archive has to be looked for has none.
 */
async function readRun(
  { store }: Deps,
  { failed_only: failedOnly }: RestoreOrder,
  runId: string,
): Promise<Map<string, Archive | undefined>> {
  const run = await readSettled(store, runId);
  if (run === undefined) {
    throw new PhonevaultError('not_found', `run ${runId} does not exist, or has not settled`, {
      hint: '`phonevault runs` lists the runs.',
    });
  }
  const { report, reported, isFolded } = run;
  if (isFolded && (failedOnly === true || report.kind === 'restore')) {
    const what = `which phones failed in run ${runId}, or what it restored, is no longer known: only a summary of it is left`;
    throw new PhonevaultError('not_found', what, { hint: 'Name the phones to restore.' });
  }
  const wanted = reported.filter(
    ({ outcome }) => failedOnly !== true || (outcome !== 'exported' && outcome !== 'restored'),
  );
  const found =
    report.kind === 'restore' ? await restoredArchives(store, runId) : await exported(store, runId);
  return new Map(wanted.map(({ phone_id }) => [phone_id, found.get(phone_id)]));
}

async function exported(store: Deps['store'], runId: string): Promise<Map<string, Archive>> {
  const archives = (await archivesOfRun(store, runId, await readResets(store))) ?? [];
  const backups = archives.filter(({ flags }) => flags.leftover === undefined);
  return new Map(backups.map((archive) => [archive.phone_id, archive]));
}

/** Returns the archives that a restore was to restore, by the phone to restore. */
async function restoredArchives(
  store: Deps['store'],
  runId: string,
): Promise<Map<string, Archive>> {
  const { phones = [] } = (await readPlan(store, runId)) ?? {};
  const runs = new Map<string, Map<string, Archive>>();
  const found = new Map<string, Archive>();
  for (const { phone_id, source } of phones) {
    if (source === undefined) continue;
    const run = runs.get(source.run_id) ?? (await exported(store, source.run_id));
    runs.set(source.run_id, run);
    const archive = run.get(source.phone_id);
    if (archive?.key === source.key) found.set(phone_id, archive);
  }
  return found;
}
