import { readCredentialsRefused } from '../../../lib/ledger/state/credential-alarm.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readLease } from '../../../lib/ledger/lease.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { isOwn } from '../services/delegation.ts';
import { count } from '../../text/plural.ts';
import { ago, duration } from '../../text/time.ts';
import { failed, ok, unknown, type Verdict, warning } from '../finding.ts';

/** Half a dozen ticks: hints are gathered for five minutes before they are looked at. */
const SILENT_MS = 10 * 60_000;
/** No invocation lasts as long. */
const MAX_MS = 15 * 60_000;

const FIX =
  'look at the function drive: its timer, its log (npx serverless logs -f drive), its agency. phonevault run POLICY --drive drives from here';

/** What the ledger tells of drive: whether what waits is taken up, and whether it gets in everywhere. `now` is epoch ms. */
export async function checkDrive(
  store: Pick<Store, 'list' | 'get'>,
  now: number,
): Promise<Verdict> {
  const [trouble, inbox, leases] = await Promise.all([
    readCredentialsRefused(store),
    store.list(layout.open),
    store.list(layout.leases),
  ]);
  if (trouble !== undefined) {
    const text = `the functions' credentials are refused since ${ago(now - trouble.since)}, over ${count(trouble.ticks, 'tick')}`;
    return failed(text, 'check the agency of the functions and its policies (deploy/iam)');
  }
  const { lastWorked, ends } = await lastLease(store, leases);
  if (ends - now > MAX_MS) {
    return warning(
      `the lease ends in ${duration(ends - now)}: whoever wrote it has a wrong clock; drives pass over it`,
      'set the clock of the machine that last ran phonevault run --drive',
    );
  }
  const { requests } = await listOpen({ list: async () => inbox });
  const oldest = Math.min(...inbox.map(({ lastModified }) => lastModified));
  const waiting = `${count(inbox.length, 'object')} in ${layout.open}, the oldest ${ago(now - oldest)}`;
  const worked =
    lastWorked === undefined
      ? 'no drive ever took the lease'
      : `a drive last worked ${ago(now - lastWorked)}`;
  if (inbox.length > 0 && now - Math.max(oldest, lastWorked ?? 0) > SILENT_MS && ends <= now) {
    return failed(`${waiting}, but ${worked}`, FIX);
  }
  if (lastWorked === undefined && inbox.length === 0) {
    return unknown('nothing has waited for a drive yet, so none has left a trace');
  }
  const runs = requests.length === 0 ? 'no run is open' : `${count(requests.length, 'run')} open`;
  return ok(`${runs}; ${worked}`);
}

/** When a drive last took or gave back the lease, and when it ends, both epoch ms. Those that a doctor took do not count. */
async function lastLease(
  store: Pick<Store, 'get'>,
  leases: readonly { key: string; lastModified: number }[],
): Promise<{ lastWorked: number | undefined; ends: number }> {
  for (const { key, lastModified } of [...leases].reverse()) {
    const lease = await readLease(store, key);
    if (lease !== undefined && isOwn(lease.holder)) continue;
    return { lastWorked: lastModified, ends: lease?.expires_at ?? 0 };
  }
  return { lastWorked: undefined, ends: 0 };
}
