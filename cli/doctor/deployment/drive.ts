import { readCredentialAlarm } from '../../../lib/ledger/state/notified/notified.ts';
import { isLeaseKey, layout } from '../../../lib/ledger/store/layout.ts';
import { readLease } from '../../../lib/ledger/lease/stored-lease.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { isDoctorLease } from '../services/delegation.ts';
import { count } from '../../text/plural.ts';
import { ago, duration } from '../../text/time.ts';
import { failed, ok, unknown, type Verdict, warning } from '../finding/finding.ts';

/** Hints wait up to five minutes before a drive handles them. */
const SILENT_MS = 10 * 60_000;
/** Longer than any invocation. */
const MAX_MS = 15 * 60_000;

/** The most keys named in a finding. */
const MAX_KEYS = 5;

const FIX =
  'check the function drive: its timer, its log (in a checkout: npx serverless logs -f drive), its agency. phonevault run POLICY --drive drives from this machine';

/** Checks by the ledger that drive works: open objects are handled, and its credentials are accepted. `now` is epoch ms. */
export async function checkDrive(
  store: Pick<Store, 'list' | 'get'>,
  now: number,
): Promise<Verdict> {
  const [refused, inbox, leases] = await Promise.all([
    readCredentialAlarm(store),
    store.list(layout.open),
    store.list(layout.leases),
  ]);
  if (refused !== undefined) {
    const text = `the functions' credentials have been refused since ${ago(now - refused.since)}, over ${count(refused.drives, 'drive')}`;
    return failed(text, 'check the agency of the functions and its policies (deploy/iam)');
  }
  const { lastWorked, ends } = await lastLease(store, leases);
  if (ends - now > MAX_MS) {
    return warning(
      `the lease ends in ${duration(ends - now)}: its writer's clock is wrong; drives ignore it`,
      'set the clock of the machine that last ran phonevault run --drive',
    );
  }
  const ignored = leases.map(({ key }) => key).filter((key) => !isLeaseKey(key));
  if (ignored.length > 0) {
    const keys = `${ignored.slice(0, MAX_KEYS).join(', ')}${ignored.length > MAX_KEYS ? ', …' : ''}`;
    return warning(`not a lease, so drives ignore it: ${keys}`, 'delete these objects');
  }
  const { requests } = await listOpen({ list: async () => inbox });
  const oldest = Math.min(...inbox.map(({ lastModified }) => lastModified));
  const waiting = `${count(inbox.length, 'object')} in ${layout.open}, the oldest ${ago(now - oldest)}`;
  const worked =
    lastWorked === undefined
      ? 'no drive has ever taken the lease'
      : `a drive last worked ${ago(now - lastWorked)}`;
  if (inbox.length > 0 && now - Math.max(oldest, lastWorked ?? 0) > SILENT_MS && ends <= now) {
    return failed(`${waiting}, but ${worked}`, FIX);
  }
  if (lastWorked === undefined && inbox.length === 0) {
    return unknown('no drive has worked yet, because nothing was open');
  }
  const runs = requests.length === 0 ? 'no run is open' : `${count(requests.length, 'run')} open`;
  return ok(`${runs}; ${worked}`);
}

/** Returns when a drive last took or released the lease (epoch ms); undefined when none ever did. */
export async function lastDrive(store: Pick<Store, 'list' | 'get'>): Promise<number | undefined> {
  return (await lastLease(store, await store.list(layout.leases))).lastWorked;
}

/** Returns when a drive last took or released the lease, and when it ends, in epoch ms. Ignores leases that doctor took. */
async function lastLease(
  store: Pick<Store, 'get'>,
  leases: readonly { key: string; lastModified: number }[],
): Promise<{ lastWorked: number | undefined; ends: number }> {
  for (const { key, lastModified } of leases.filter((one) => isLeaseKey(one.key)).reverse()) {
    const lease = await readLease(store, key);
    if (lease !== undefined && isDoctorLease(lease.holder)) continue;
    return { lastWorked: lastModified, ends: lease?.expires_at ?? 0 };
  }
  return { lastWorked: undefined, ends: 0 };
}
