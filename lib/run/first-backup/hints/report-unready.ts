import { putMissed } from '../../../ledger/hints/missed-slots.ts';
import { sha256hex } from '../../../ledger/store/digest.ts';
import { stamp } from '../../../policy/keys/stamp.ts';
import type { RunDeps } from '../../deps.ts';
import type { PendingHint } from './pending-hints.ts';

const MAX_PHONES = 50;

/** A phone that cannot get its first backup from a policy now, and why. */
export type UnreadyPhone = {
  hint: PendingHint;
  policy: string;
  phone_id: string;
  phone_name: string;
  reason: string;
};

/**
 * Has drive notify of phones whose first backups are given up: one message a policy. To be called before the hints are removed;
 * the same hints write the same objects.
 */
export async function reportUnready(
  { store, clock }: Pick<RunDeps, 'store' | 'clock'>,
  given: ReadonlySet<PendingHint>,
  unready: UnreadyPhone[],
): Promise<void> {
  const own = unready.filter(({ hint }) => given.has(hint));
  for (const policy of new Set(own.map((phone) => phone.policy))) {
    const phones = new Map(
      own
        .filter((phone) => phone.policy === policy)
        .map(({ phone_id, phone_name, reason }) => [phone_id, { phone_id, phone_name, reason }]),
    );
    const ids = [...new Set(own.map(({ hint }) => hint.id))].sort();
    const since = Math.min(...own.map(({ hint }) => hint.writtenAt));
    await putMissed(store, {
      ...{ policy, reason: 'phones_not_ready', slots: 0 },
      ...{ first: stamp(since), last: stamp(clock.now()) },
      first_backups: {
        id: sha256hex(ids.join()).slice(0, 16),
        count: phones.size,
        phones: [...phones.values()].slice(0, MAX_PHONES),
      },
    });
  }
}
