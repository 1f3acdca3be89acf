import type { Clock } from '../../../lib/clock.ts';
import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import { isMissingPath } from '../../../lib/cloud/cph/error-codes.ts';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { takeLease } from '../../../lib/ledger/lease.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { removeProbe } from './conditional-put.ts';
import { failed, type Finding, ok, unknown, type Verdict, verdictOf } from '../finding.ts';

type Deps = {
  clock: Clock;
  store: Store;
  cph: Pick<Cph, 'showPhone' | 'batchStorage' | 'listJobs'>;
  obs: Pick<Obs, 'head' | 'remove'>;
  holder: string;
  /** Ends the waiting; the archive is still deleted. */
  interrupted: AbortSignal;
};

type Request = { phoneId: string; path: string; buckets: readonly string[] };

const CHECK = 'delegation';
/** Less than the longest lease that drives accept. */
const LEASE_MS = 14 * 60_000;
/** For all buckets together; a last lookup and the cleanup still fit into the lease. */
const WORK_MS = 8 * 60_000;
const POLL_MS = 3_000;
/** How long to wait for an archive after its job succeeded. */
const SEEN_MS = 2 * 60_000;
/** How long to wait for an archive after a lost response: the export may be running. */
const UNKNOWN_OUTCOME_MS = 5 * 60_000;

const FIX =
  'CPH needs its own agency with permission to write to the bucket: deploy/iam/cph-agency.json and cph-obs.json';

const OWN = 'doctor-';

/** Returns true for the holder of a lease that doctor took, not a drive. */
export const isOwn = (holder: string): boolean => holder.startsWith(OWN);

/** Returns the verdict when no test export was requested. */
export const unproven = (): Verdict =>
  unknown(
    'no call tells whether CPH may write to the buckets',
    'phonevault doctor --write --phone ID tests it: CPH exports one small path of a phone, and doctor deletes the archive',
  );

/**
 * Lets CPH export one path of a phone to each bucket, checks that the archive exists, and deletes it. Holds the lease
 * meanwhile, and does nothing while a run is open: a phone has one export at a time.
 */
export async function proveDelegation(deps: Deps, request: Request): Promise<Finding[]> {
  const { clock, store } = deps;
  const holder = `${OWN}${deps.holder}`;
  const all = (verdict: Verdict): Finding[] => [{ check: CHECK, ...verdict }];
  const lease = await takeLease(store, { clock, holder, ttlMs: LEASE_MS });
  if (lease === undefined) {
    return all(
      unknown('a drive is working and may be exporting the phone', 'try again in a minute'),
    );
  }
  try {
    const obstacle = await obstacleOf(deps, request.phoneId);
    if (obstacle !== undefined) return all(obstacle);
    const until = clock.now() + WORK_MS;
    const findings: Finding[] = [];
    for (const bucket of request.buckets) {
      findings.push({
        check: CHECK,
        subject: bucket,
        ...(await proveOne(deps, request, bucket, until)),
      });
    }
    return findings;
  } finally {
    await lease.release();
  }
}

async function obstacleOf({ store, cph }: Deps, phoneId: string): Promise<Verdict | undefined> {
  const { requests } = await listOpen(store);
  if (requests.length > 0) {
    const open = requests.map(({ runId }) => runId).slice(0, 3);
    return unknown(`runs are open: ${open.join(', ')}`, 'try again when they have ended');
  }
  const phone = await cph.showPhone(phoneId);
  if (phone === undefined)
    return failed(`phone ${phoneId} does not exist`, 'name a phone that CPH lists');
  if (phone.status === 'running') return undefined;
  return unknown(`phone ${phoneId} is ${phone.status}`, 'name a running phone');
}

async function proveOne(
  deps: Deps,
  { phoneId, path }: Request,
  bucket: string,
  until: number,
): Promise<Verdict> {
  const key = `phonevault-doctor-${deps.holder}/${phoneId}.tar`;
  const verdict = await exportOne(deps, { phoneId, path, bucket, key }, until).catch(
    (error: unknown) => verdictOf(error, 'cph:phones:storage'),
  );
  const leftover = await removeProbe(deps.obs, bucket, key);
  return leftover ?? verdict;
}

const proved = ok('CPH wrote an archive; it was deleted again');

type Probe = { phoneId: string; path: string; bucket: string; key: string };

async function exportOne(deps: Deps, probe: Probe, until: number): Promise<Verdict> {
  const { phoneId, path, bucket, key } = probe;
  const info = { phone_id: phoneId, include_files: [path], bucket_name: bucket, object_path: key };
  let answer: Awaited<ReturnType<Cph['batchStorage']>>;
  try {
    answer = await deps.cph.batchStorage([info]);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // CPH itself refused the call; the network worked.
    if (error.carriedOut === 'no' && error.code === 'service') return failed(error.message, FIX);
    if (error.carriedOut === 'no') throw error;
    if (await appears(deps, probe, UNKNOWN_OUTCOME_MS)) return proved;
    return mayStillArrive(
      `the response was lost (${error.message}), and no archive appeared`,
      probe,
    );
  }
  const { request_id: request, jobs } = answer;
  const [job] = jobs;
  if (request === undefined || job?.job_id === undefined) {
    return refused(job?.code, job?.message, path);
  }
  while (deps.clock.now() < until && !deps.interrupted.aborted) {
    await deps.clock.sleep(POLL_MS, deps.interrupted);
    const [now] = await jobsOf(deps, request);
    if (now?.state === 'failed') return refused(now.code, now.message, path);
    if (now?.state === 'succeeded') {
      if (await appears(deps, probe, SEEN_MS)) return proved;
      return failed('CPH reports success, but the archive does not exist', FIX);
    }
  }
  const why = deps.interrupted.aborted ? 'the check was stopped' : 'its time was up';
  return mayStillArrive(`the export was still running when ${why}`, probe);
}

const mayStillArrive = (message: string, { bucket, key }: Probe): Verdict =>
  unknown(message, `delete obs://${bucket}/${key} if it still appears`);

/** Returns the jobs; none after a temporary failure, since the next poll follows. */
async function jobsOf({ cph }: Deps, request: string): ReturnType<Cph['listJobs']> {
  try {
    return await cph.listJobs([request]);
  } catch (error) {
    if (error instanceof PhonevaultError && error.retryable) return [];
    throw error;
  }
}

/** Returns whether the archive exists, or appears within `forMs`. */
async function appears(
  { clock, obs, interrupted }: Deps,
  { bucket, key }: Probe,
  forMs: number,
): Promise<boolean> {
  const until = clock.now() + forMs;
  for (;;) {
    if (((await obs.head(bucket, key))?.size ?? 0) > 0) return true;
    if (clock.now() >= until || interrupted.aborted) return false;
    await clock.sleep(POLL_MS, interrupted);
  }
}

function refused(code: string | undefined, message: string | undefined, path: string): Verdict {
  const text = ['CPH did not export:', code, message].filter(Boolean).join(' ');
  return isMissingPath(code ?? '')
    ? unknown(`${text}; the phone has no ${path}`, 'name a small path that it has with --path')
    : failed(text, FIX);
}
