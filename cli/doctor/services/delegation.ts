import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import { takeLease } from '../../../lib/ledger/lease/lease.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { failed, type Finding, unknown, type Verdict, verdictOf } from '../finding/finding.ts';
import { type ProbeDeps, purgeProbe } from './archive-probe.ts';
import { testExport, type TestExportDeps } from './test-export.ts';

type Deps = Omit<TestExportDeps, 'cph' | 'obs'> & {
  store: Store;
  cph: TestExportDeps['cph'] & Pick<Cph, 'showPhone'>;
  obs: ProbeDeps['obs'];
  buckets: ProbeDeps['buckets'];
  /** Who takes the lease; also names the test archives. */
  holder: string;
};

type Request = { phoneId: string; path: string; buckets: readonly string[] };

const CHECK = 'delegation';
/** Less than the longest lease that drives accept. */
const LEASE_MS = 14 * 60_000;
/** For all buckets together; a last lookup and the cleanup still fit into the lease. */
const WORK_MS = 8 * 60_000;

const HOLDER_PREFIX = 'doctor-';

/** Returns true for the holder of a lease that doctor took, not a drive. */
export const isDoctorLease = (holder: string): boolean => holder.startsWith(HOLDER_PREFIX);

/** Returns the verdict when no test export was requested. */
export const delegationUntested = (): Verdict =>
  unknown(
    'only a test export shows whether CPH may write to the buckets',
    'run phonevault doctor --write --phone ID: CPH exports one small path of that phone, and doctor deletes the archive',
  );

/**
 * Lets CPH export one path of a phone to each bucket, checks that the archive exists, and deletes it. Holds the lease
 * meanwhile, and does nothing while a run is open: a phone has one export at a time.
 */
export async function checkDelegation(deps: Deps, request: Request): Promise<Finding[]> {
  const { clock, store } = deps;
  const holder = `${HOLDER_PREFIX}${deps.holder}`;
  const lease = await takeLease(store, { clock, holder, ttlMs: LEASE_MS });
  if (lease === undefined) {
    const text = 'a drive is working and may be exporting the phone';
    return [{ check: CHECK, ...unknown(text, 'try again in a minute') }];
  }
  try {
    const obstacle = await obstacleOf(deps, request.phoneId);
    if (obstacle !== undefined) return [{ check: CHECK, ...obstacle }];
    const until = clock.now() + WORK_MS;
    const findings: Finding[] = [];
    for (const bucket of request.buckets) {
      const verdict = await testBucket(deps, request, bucket, until);
      findings.push({ check: CHECK, subject: bucket, ...verdict });
    }
    return findings;
  } finally {
    await lease.release();
  }
}

/** Returns why the phone cannot be exported now; undefined when it can. */
async function obstacleOf({ store, cph }: Deps, phoneId: string): Promise<Verdict | undefined> {
  const { requests } = await listOpen(store);
  if (requests.length > 0) {
    const open = requests.map(({ runId }) => runId).slice(0, 3);
    return unknown(`runs are open: ${open.join(', ')}`, 'try again when they have ended');
  }
  const phone = await cph.showPhone(phoneId);
  if (phone === undefined) {
    return failed(`phone ${phoneId} does not exist`, 'name a phone that CPH lists');
  }
  if (phone.status === 'running') return undefined;
  return unknown(`phone ${phoneId} is ${phone.status}`, 'name a running phone');
}

/** Exports to one bucket and deletes the archive, even when the export failed. */
async function testBucket(
  deps: Deps,
  { phoneId, path }: Request,
  bucket: string,
  until: number,
): Promise<Verdict> {
  const key = `phonevault-doctor-${deps.holder}/${phoneId}.tar`;
  const verdict = await testExport(deps, { phoneId, path, bucket, key }, until).catch(
    (error: unknown) => verdictOf(error, 'cph:phones:storage'),
  );
  const leftover = await purgeProbe(deps, bucket, key);
  return leftover ?? verdict;
}
