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
  /** Ends the waiting; what was written is still cleared away. */
  interrupted: AbortSignal;
};

type Ask = { phoneId: string; path: string; buckets: readonly string[] };

const CHECK = 'delegation';
/** Less than the longest lease that drives believe in. */
const LEASE_MS = 14 * 60_000;
/** For all buckets together; what is in doubt then and clearing up still fit into the lease. */
const WORK_MS = 8 * 60_000;
const POLL_MS = 3_000;
/** How long an archive is looked for after its job has succeeded. */
const SEEN_MS = 2 * 60_000;
/** How long it is looked for after an answer that was lost: what was asked for may be going on. */
const IN_DOUBT_MS = 5 * 60_000;

const FIX =
  'CPH needs an agency of its own that may write to the bucket: deploy/iam/cph-agency.json and cph-obs.json';

const OWN = 'doctor-';

/** True for the holder of a lease that was taken here and not by a drive. */
export const isOwn = (holder: string): boolean => holder.startsWith(OWN);

/** What is said while nobody asked for the proof. */
export const unproven = (): Verdict =>
  unknown(
    'whether CPH may write to the buckets cannot be read',
    'phonevault doctor --write --phone ID has CPH export one small path of a phone, and deletes it',
  );

/**
 * Has CPH export one path of a phone to each bucket, makes sure that the archive is there, and deletes it. Holds the lease
 * meanwhile, and does nothing while a run is open: a phone has one export at a time.
 */
export async function proveDelegation(deps: Deps, ask: Ask): Promise<Finding[]> {
  const { clock, store } = deps;
  const holder = `${OWN}${deps.holder}`;
  const all = (verdict: Verdict): Finding[] => [{ check: CHECK, ...verdict }];
  const lease = await takeLease(store, { clock, holder, ttlMs: LEASE_MS });
  if (lease === undefined) {
    return all(
      unknown('a drive is at work, which may be exporting the phone', 'try again in a minute'),
    );
  }
  try {
    const hindrance = await hindranceOf(deps, ask.phoneId);
    if (hindrance !== undefined) return all(hindrance);
    const until = clock.now() + WORK_MS;
    const findings: Finding[] = [];
    for (const bucket of ask.buckets) {
      findings.push({
        check: CHECK,
        subject: bucket,
        ...(await proveOne(deps, ask, bucket, until)),
      });
    }
    return findings;
  } finally {
    await lease.release();
  }
}

async function hindranceOf({ store, cph }: Deps, phoneId: string): Promise<Verdict | undefined> {
  const { requests } = await listOpen(store);
  if (requests.length > 0) {
    const open = requests.map(({ runId }) => runId).slice(0, 3);
    return unknown(`runs are open: ${open.join(', ')}`, 'try again when they have ended');
  }
  const phone = await cph.showPhone(phoneId);
  if (phone === undefined) return failed(`there is no phone ${phoneId}`, 'name one that CPH lists');
  if (phone.status === 'running') return undefined;
  return unknown(`the phone ${phoneId} is ${phone.status}`, 'name a running phone');
}

async function proveOne(
  deps: Deps,
  { phoneId, path }: Ask,
  bucket: string,
  until: number,
): Promise<Verdict> {
  const key = `phonevault-doctor-${deps.holder}/${phoneId}.tar`;
  const verdict = await exportOne(deps, { phoneId, path, bucket, key }, until).catch(
    (error: unknown) => verdictOf(error, 'cph:phones:storage'),
  );
  const litter = await removeProbe(deps.obs, bucket, key);
  return litter ?? verdict;
}

const proved = ok('CPH has written an archive, which was deleted again');

type Probe = { phoneId: string; path: string; bucket: string; key: string };

async function exportOne(deps: Deps, probe: Probe, until: number): Promise<Verdict> {
  const { phoneId, path, bucket, key } = probe;
  const info = { phone_id: phoneId, include_files: [path], bucket_name: bucket, object_path: key };
  let answer: Awaited<ReturnType<Cph['batchStorage']>>;
  try {
    answer = await deps.cph.batchStorage([info]);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // An error of CPH's own, not of the way to it: the call was understood, and turned down.
    if (error.carriedOut === 'no' && error.code === 'service') return failed(error.message, FIX);
    if (error.carriedOut === 'no') throw error;
    if (await appears(deps, probe, IN_DOUBT_MS)) return proved;
    return stillGoing(`the answer was lost (${error.message}), and no archive has appeared`, probe);
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
      return failed('CPH says that the export succeeded, but there is no archive', FIX);
    }
  }
  const why = deps.interrupted.aborted ? 'it was stopped' : 'time was up';
  return stillGoing(`the export was still going on when ${why}`, probe);
}

const stillGoing = (message: string, { bucket, key }: Probe): Verdict =>
  unknown(message, `delete obs://${bucket}/${key} should it still appear`);

/** A look that fails is a look that was missed: the next one comes. */
async function jobsOf({ cph }: Deps, request: string): ReturnType<Cph['listJobs']> {
  try {
    return await cph.listJobs([request]);
  } catch (error) {
    if (error instanceof PhonevaultError && error.retryable) return [];
    throw error;
  }
}

/** Whether the archive is there, or comes within `forMs`. */
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
