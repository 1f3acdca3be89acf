import { sha256hex } from '../../ledger/store/digest.ts';
import { type Lookup, putLookup } from '../../ledger/hints/lookup.ts';
import { putSweep, sweepSlot } from '../../ledger/hints/sweep.ts';
import type { Cursors } from '../../ledger/state/cursors.ts';
import type { Provisioning } from '../../ledger/state/provisioning.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import { type RunDeps, toCandidate } from '../deps.ts';
import { isCovered, type OpenFirstBackup } from './covered.ts';
import { type FirstBackupPolicy, isNewTo } from './policies.ts';

const PAGE = 100;
const MAX_PAGES = 20;
/** A phone may be listed some time after its time of creation. */
const MARGIN_MS = 15 * 60_000;

/**
 * Requests a sweep from drive every 15 minutes, while a policy has `on_provisioned`. Returns the slot (epoch ms) of the last
 * request: pass it as `lastSlot` in the next minute.
 */
export async function requestSweep(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  cursors: Cursors,
  lastSlot: number | undefined,
): Promise<number | undefined> {
  const slot = sweepSlot(deps.clock.now());
  const isWanted = Object.values(cursors).some((cursor) => cursor.on_provisioned === true);
  if (!isWanted || lastSlot === slot) return lastSlot;
  await putSweep(deps.store, slot);
  return slot;
}

export type SweepResult = {
  /** Number of phones for which hints were stored. */
  found: number;
  /** When the newest phone of all was created (epoch ms). */
  newest: number | undefined;
  /** False when there is more to read: the next sweep continues. */
  ended: boolean;
};

/**
 * Reads the phones, newest first, up to the first page without a phone created since the last sweep, and stores a hint for each
 * page with new phones. The very first sweep counts from `baseline`. `expected` are phones that hints name already.
 */
export async function sweep(
  deps: Pick<RunDeps, 'store' | 'cph' | 'clock' | 'log'>,
  state: Provisioning,
  options: {
    policies: FirstBackupPolicy[];
    open: OpenFirstBackup[];
    expected: ReadonlySet<string>;
    baseline: number;
    until: number;
  },
): Promise<SweepResult> {
  const { policies, open, until } = options;
  const expected = new Set(options.expected);
  const horizon = (state.horizon ??= options.baseline) - MARGIN_MS;
  const place = (state.sweeping ??= { started_at: deps.clock.now(), offset: 0 });
  const isWanted = (phone: Phone): boolean =>
    (phone.created_at ?? 0) >= horizon &&
    !expected.has(phone.phone_id) &&
    policies.some(
      (policy) =>
        isNewTo(policy, phone) &&
        policy.selects(toCandidate(phone)) &&
        !isCovered(policy, phone.phone_id, 0, open),
    );

  let found = 0;
  let newest: number | undefined;
  for (let page = 0; page < MAX_PAGES && deps.clock.now() < until; page += 1) {
    const { offset } = place;
    const { phones, count } = await deps.cph.listPhones({ offset, limit: PAGE });
    newest ??= phones.find(({ created_at }) => created_at !== undefined)?.created_at;
    const wanted = phones.filter(isWanted).map((phone) => phone.phone_id);
    if (wanted.length > 0) await storeFoundHint(deps, wanted);
    for (const id of wanted) expected.add(id);
    found += wanted.length;
    // Pages overlap by one phone, in case one before it was deleted meanwhile.
    place.offset = offset + PAGE - 1;
    const isKnown = !phones.some(({ created_at: created = 0 }) => created >= horizon);
    if (isKnown || offset + PAGE >= count) {
      state.horizon = place.started_at;
      state.swept_at = deps.clock.now();
      delete state.sweeping;
      return { found, newest, ended: true };
    }
  }
  return { found, newest, ended: false };
}

/** Stores one hint for the phones of a page, under an id made of theirs. */
async function storeFoundHint(
  deps: Pick<RunDeps, 'store' | 'log'>,
  phones: string[],
): Promise<void> {
  const sorted = [...phones].sort();
  const digest = sha256hex(sorted.join()).slice(0, 24);
  const lookup: Lookup = { change: 'discovered', phones: sorted, servers: [], others: [] };
  await putLookup(deps.store, { id: `discovered-${digest}`, lookup });
  deps.log.info('new_phones_found', { phones: sorted.length });
}
