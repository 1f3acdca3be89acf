import type { Phone } from '../../cloud/cph/phone.ts';
import type { Provisioning } from '../../ledger/state/provisioning.ts';
import { phoneState } from '../../policy/selection/states.ts';
import type { Facts } from './decide.ts';
import { phonesOf, unresolvedIds } from './hints/hint-phones.ts';
import type { FetchedPhones } from './hints/look-up.ts';
import { ABSENT_EXPIRES_MS, HINT_EXPIRES_MS, nextLookAt, type Waits } from './hints/pauses.ts';
import type { PendingHint } from './hints/pending-hints.ts';
import type { FirstBackupPolicy } from './policies.ts';

/** The policies as the last pass left them: enough to see which phones had their first backup. */
export function knownPolicies({ policies }: Provisioning): FirstBackupPolicy[] {
  return Object.entries(policies)
    .filter(([, { on }]) => on)
    .map(([name, { requested_at, since = 0 }]) => ({
      ...{ name, since, lastRequested: requested_at },
      selects: () => true,
    }));
}

/** Returns whether nothing can be decided: no phone runs, and no hint waits for an order or expires. */
export function isQuiet(
  hints: PendingHint[],
  phones: FetchedPhones,
  { policies, open, now }: Omit<Facts, 'phones'>,
): boolean {
  return hints.every((hint) => {
    const waits = unresolvedIds(hint, phones, policies, open);
    const age = now - hint.writtenAt;
    const shown = [...phonesOf(hint, phones).values()];
    const isAbsent = shown.includes(null) && age >= ABSENT_EXPIRES_MS;
    if (age >= HINT_EXPIRES_MS || isAbsent || [...waits.values()].includes('order')) return false;
    return shown.length > 0 && shown.every((phone) => !canRun(phone));
  });
}

function canRun(phone: Phone | null | undefined): boolean {
  return phone != null && phoneState(phone.status) === 'exportable';
}

/** Returns when the phones are looked up again (epoch ms), when none of them runs now. */
export function quietUntil(hints: PendingHint[], now: number): number {
  const waits: Waits = new Map([['', 'state']]);
  return nextLookAt(new Map(hints.map((hint) => [hint, waits])), Number.POSITIVE_INFINITY, now);
}
