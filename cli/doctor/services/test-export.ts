import type { Clock } from '../../../lib/clock.ts';
import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import { isMissingPath } from '../../../lib/cloud/cph/error-codes.ts';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { failed, ok, unknown, type Verdict } from '../finding/finding.ts';

export type TestExportDeps = {
  clock: Clock;
  cph: Pick<Cph, 'batchStorage' | 'listJobs'>;
  obs: Pick<Obs, 'head'>;
  /** Ends the wait. */
  interrupted: AbortSignal;
};

export type TestExport = { phoneId: string; path: string; bucket: string; key: string };

type Job = Awaited<ReturnType<Cph['batchStorage']>>['jobs'][number];

const POLL_MS = 3_000;
/** How long to wait for an archive after its job succeeded. */
const VISIBLE_MS = 2 * 60_000;
/** How long to wait for an archive after a lost response: the export may be running. */
const UNKNOWN_OUTCOME_MS = 5 * 60_000;

const FIX =
  'CPH needs its own agency with permission to write to the bucket: deploy/iam/cph-agency.json and cph-obs.json';

const exported = ok('CPH wrote an archive; doctor deleted it');

/**
 * Lets CPH export one path of a phone, follows the job until `until` (epoch ms), and checks that the archive exists. Leaves
 * the archive there. Throws errors of CPH other than a refusal of this call, and errors of OBS.
 */
export async function testExport(
  deps: TestExportDeps,
  test: TestExport,
  until: number,
): Promise<Verdict> {
  const submitted = await submit(deps, test);
  return 'outcome' in submitted ? submitted : followJob(deps, test, submitted.requestId, until);
}

/** Returns the id of the request, or the verdict when no job can be followed. */
async function submit(
  deps: TestExportDeps,
  test: TestExport,
): Promise<{ requestId: string } | Verdict> {
  const { phoneId, path, bucket, key } = test;
  const info = { phone_id: phoneId, include_files: [path], bucket_name: bucket, object_path: key };
  try {
    const { request_id: requestId, jobs } = await deps.cph.batchStorage([info]);
    const [job] = jobs;
    if (requestId === undefined || job?.job_id === undefined) return refused(job, path);
    return { requestId };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.carriedOut === 'no' ? denied(error) : afterLostResponse(deps, test, error);
  }
}

/** Returns the verdict when CPH itself refused the call. Rethrows any other error: it says nothing about the delegation. */
function denied(error: ServiceError): Verdict {
  if (error.code === 'service') return failed(error.message, FIX);
  throw error;
}

async function afterLostResponse(
  deps: TestExportDeps,
  test: TestExport,
  error: ServiceError,
): Promise<Verdict> {
  if (await appears(deps, test, UNKNOWN_OUTCOME_MS)) return exported;
  return mayAppear(`the response was lost (${error.message}), and no archive appeared`, test);
}

async function followJob(
  deps: TestExportDeps,
  test: TestExport,
  requestId: string,
  until: number,
): Promise<Verdict> {
  const { clock, interrupted } = deps;
  while (clock.now() < until && !interrupted.aborted) {
    await clock.sleep(POLL_MS, interrupted);
    const [job] = (await listJobs(deps, requestId)) ?? [];
    if (job?.state === 'failed') return refused(job, test.path);
    if (job?.state === 'succeeded') {
      if (await appears(deps, test, VISIBLE_MS)) return exported;
      return failed('CPH reports success, but the archive does not exist', FIX);
    }
  }
  const why = interrupted.aborted ? 'the check was stopped' : 'its time limit was reached';
  return mayAppear(`the export was still running when ${why}`, test);
}

/** Returns the jobs; none after a temporary failure, since the next poll follows. */
async function listJobs({ cph }: TestExportDeps, requestId: string): ReturnType<Cph['listJobs']> {
  try {
    return await cph.listJobs([requestId]);
  } catch (error) {
    if (error instanceof PhonevaultError && error.retryable) return [];
    throw error;
  }
}

/** Returns whether the archive exists, or appears within `forMs`. */
async function appears(
  { clock, obs, interrupted }: TestExportDeps,
  { bucket, key }: TestExport,
  forMs: number,
): Promise<boolean> {
  const until = clock.now() + forMs;
  for (;;) {
    if (((await obs.head(bucket, key))?.size ?? 0) > 0) return true;
    if (clock.now() >= until || interrupted.aborted) return false;
    await clock.sleep(POLL_MS, interrupted);
  }
}

function mayAppear(message: string, { bucket, key }: TestExport): Verdict {
  return unknown(message, `delete obs://${bucket}/${key} if it still appears`);
}

function refused(job: Pick<Job, 'code' | 'message'> | undefined, path: string): Verdict {
  const text = ['CPH did not export:', job?.code, job?.message].filter(Boolean).join(' ');
  return isMissingPath(job?.code ?? '')
    ? unknown(`${text}; the phone has no ${path}`, 'name a small path that it has with --path')
    : failed(text, FIX);
}
