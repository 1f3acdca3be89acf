import { type Freshness, readFreshness, writeFreshness } from '../../ledger/state/freshness.ts';
import { readNotifiedStale } from '../../ledger/state/notified/notified.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { backedUpPhones, type FullRun, lastFullRun, readFullRun } from './read-phones.ts';
import { countPhones, type PhoneBackup, summarize } from './summarize.ts';

const MANY_PHONES = 5_000;

/**
 * Stores how recent the backups of a policy's phones are after one of its runs. `full` is the run if it was of all phones; a run
 * of some phones changes their backups, not which phones the policy has.
 */
export async function recordFreshness(
  store: Store,
  policy: string,
  full: FullRun | undefined,
  now: number,
): Promise<void> {
  const known = await readFreshness(store, policy);
  if (full === undefined && (await canWait(store, policy, known))) return;
  const found =
    full === undefined
      ? await currentFreshness(store, policy, known, now)
      : await freshnessAfter(store, full, known);
  if (found !== undefined) await writeFreshness(store, found, policy);
}

/** Reading all phones of a large fleet after a run of a few only pays off when it may end an alarm: the next full run does it. */
async function canWait(
  store: Pick<Store, 'get'>,
  policy: string,
  known: Freshness | undefined,
): Promise<boolean> {
  if (known === undefined || countPhones(known, undefined).counted <= MANY_PHONES) return false;
  return (await readNotifiedStale(store, policy)) === undefined;
}

/**
 * Returns how recent a policy's backups are, from the index of archives; undefined before its first run of all phones. `known`: its
 * summary, unless that is lost. `now` is epoch ms.
 */
export async function currentFreshness(
  store: Pick<Store, 'get' | 'list' | 'prefix'>,
  policy: string,
  known: Freshness | undefined,
  now: number,
): Promise<Freshness | undefined> {
  const run = await lastFullRun(store, policy, known, now);
  return run === undefined ? known : freshnessAfter(store, run, known);
}

/** An archive never leaves the index by itself: when phones have lost theirs, what was known before counts. */
async function freshnessAfter(
  store: Pick<Store, 'get' | 'list' | 'prefix'>,
  run: FullRun,
  known: Freshness | undefined,
): Promise<Freshness> {
  const phones = await backedUpPhones(store, run);
  const found = summarize(run.run_id, phones);
  if (known === undefined || found.never <= known.never) return found;
  if (known.run_id === run.run_id) return known;
  const before = await ifReadable(readFullRun(store, known.run_id));
  return summarize(run.run_id, withReported(phones, before));
}

/** Adds the archives that an earlier run reports to phones without any. */
function withReported(phones: PhoneBackup[], before: FullRun | undefined): PhoneBackup[] {
  if (before === undefined) return phones;
  const { reported, settledAt } = before;
  const exported = new Set(
    reported.filter(({ outcome }) => outcome === 'exported').map(({ phone_id }) => phone_id),
  );
  return phones.map((phone) =>
    phone.verified_at === undefined && exported.has(phone.phone_id)
      ? { ...phone, verified_at: settledAt }
      : phone,
  );
}
