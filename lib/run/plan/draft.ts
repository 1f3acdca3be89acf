import { ServiceError } from '../../errors.ts';
import type { HookTerms, Plan, PlannedPhone, Terms } from '../../ledger/run/plan.ts';
import type { RunRequest } from '../../ledger/run/request.ts';
import { expandObjectPath, runFolder } from '../../policy/keys/keys.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { messageZone } from '../../policy/slots/zones.ts';
import { type Candidate, selectPhones, submissionOrder } from '../../policy/selection/select.ts';
import { localDate, parseStamp, stamp } from '../../policy/keys/stamp.ts';
import { phoneState } from '../../policy/selection/states.ts';
import type { RunDeps } from '../deps.ts';
import { findCandidates } from './candidates.ts';

export type DraftDeps = Pick<RunDeps, 'store' | 'cph' | 'archives' | 'clock' | 'log' | 'readings'>;

/** A plan before it is written. The plan of a run that cannot start has no phones and says why. */
export type PlanDraft = Omit<Plan, 'version' | 'parts'>;

/** `asOf`: when the fleet was read (epoch ms); `listed`: how many phones CPH lists. Undefined when it was not read. */
export type Draft = { plan: PlanDraft; phones: PlannedPhone[]; asOf?: number; listed?: number };

/** Returns the plan of a request before anything else is known. */
export function startDraft(request: RunRequest, now: number): PlanDraft {
  const slot = request.slot ?? stamp(now);
  return { request, slot, started_at: now, listing_complete: true, selected: 0 };
}

/** Returns the plan of a run that fails before it starts. */
export function failedDraft(base: PlanDraft, code: string, message: string): Draft {
  return { plan: { ...base, failure: { code, message } }, phones: [] };
}

/**
 * Selects the phones of a run and fixes their order. The fleet may have been read up to a minute before `requestedAt`. Returns
 * undefined when reading it takes longer than `until` (both epoch ms). A missing bucket or too large a selection makes a plan
 * that says so. Throws other errors of the services.
 */
export async function draftPlan(
  deps: DraftDeps,
  base: PlanDraft,
  { policy, text, etag }: { policy: Policy; text: string; etag: string },
  { requestedAt, until }: { requestedAt: number; until: number },
): Promise<Draft | undefined> {
  const { request, slot } = base;
  const terms = termsOf(policy, slot);
  const failure = await checkBucket(deps, terms, request.run_id);
  if (failure !== undefined) return failedDraft(base, failure.code, failure.message);

  const scope = { requestedAt, until, only: request.phones };
  const found = await findCandidates(deps, policy.select, scope);
  if (found === undefined) return undefined;
  const { taggedServers, asOf, missingServers } = found;
  const requested = new Set(request.phones);
  const candidates =
    request.phones === undefined
      ? found.candidates
      : found.candidates.filter(({ phone_id }) => requested.has(phone_id));
  const selection = selectPhones(policy.select, candidates, {
    ...(taggedServers === undefined ? {} : { taggedServers }),
  });
  if (selection.overLimit !== undefined) {
    const { found: selected, max } = selection.overLimit;
    const message = `the policy selects ${selected} phones, more than max_phones (${max})`;
    return { ...failedDraft(base, 'too_many_phones', message), asOf };
  }
  const phones = narrowToRequest(
    planPhones(selection.selected, selection.missing),
    request.phones,
    new Set(candidates.map(({ phone_id }) => phone_id)),
  );
  return {
    plan: {
      ...base,
      started_at: deps.clock.now(),
      terms,
      policy: { etag, text },
      listing_complete: found.complete,
      ...(missingServers.length === 0 ? {} : { missing_servers: missingServers }),
      selected: phones.length,
    },
    phones,
    asOf,
    listed: candidates.length,
  };
}

function termsOf(policy: Policy, slot: string): Terms {
  const zone = policy.schedule?.timezone ?? 'UTC';
  const date = localDate(parseStamp(slot) ?? 0, zone);
  return {
    include: policy.export.include,
    exclude: policy.export.exclude,
    bucket: policy.export.bucket,
    folder: expandObjectPath(policy.export.object_path, { policy: policy.name, date, slot }),
    deadline: policy.deadline,
    export_timeout: policy.export_timeout,
    wait_for_phones: policy.wait_for_phones,
    max_in_flight_per_server: policy.max_in_flight_per_server,
    attempts: policy.retry.attempts,
    ...(policy.hooks === undefined ? {} : { hooks: hooksOf(policy.hooks) }),
    ...(policy.verify === undefined ? {} : { read: policy.verify.read }),
    notify: { ...policy.notify, timezone: messageZone(policy) },
  };
}

function hooksOf({ before = [], after = [], ...how }: NonNullable<Policy['hooks']>): HookTerms {
  return { before, after, ...how };
}

/** Returns what is wrong with the bucket of the archives; undefined when it can be listed. */
async function checkBucket(
  deps: Pick<RunDeps, 'archives'>,
  terms: Terms,
  runId: string,
): Promise<{ code: string; message: string } | undefined> {
  try {
    await deps.archives.list(terms.bucket, `${runFolder(terms.folder, runId)}/`, { max: 1 });
    return undefined;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === 'bucket_missing') {
      return {
        code: error.code,
        message: `bucket ${terms.bucket} does not exist in this region: create it, or fix export.bucket`,
      };
    }
    if (error.code === 'access_denied') {
      return {
        code: error.code,
        message: `the agency has no permission to list bucket ${terms.bucket}`,
      };
    }
    throw error;
  }
}

function planPhones(selected: Candidate[], missing: string[]): PlannedPhone[] {
  const found = submissionOrder(selected).map((phone): PlannedPhone => {
    const state = phoneState(phone.status);
    if (state === 'passing') return { ...phone, waiting: true };
    if (state === 'exportable') return phone;
    return { ...phone, verdict: { outcome: 'skipped', reason: phone.status } };
  });
  return [...found, ...missing.map((phone_id) => failedPhone(phone_id, 'not_found'))];
}

/** Keeps the phones of the request. Those that CPH does not list (`listed`), or the policy does not select, fail. */
function narrowToRequest(
  phones: PlannedPhone[],
  requested: string[] | undefined,
  listed: ReadonlySet<string>,
): PlannedPhone[] {
  if (requested === undefined) return phones;
  const ids = new Set(requested);
  const kept = phones.filter((phone) => ids.has(phone.phone_id));
  const known = new Set(kept.map((phone) => phone.phone_id));
  return [
    ...kept,
    ...[...ids]
      .filter((id) => !known.has(id))
      .map((id) => failedPhone(id, listed.has(id) ? 'not_in_policy' : 'not_found')),
  ];
}

function failedPhone(phone_id: string, reason: string): PlannedPhone {
  return {
    phone_id,
    phone_name: '',
    server_id: '',
    status: 'unknown',
    verdict: { outcome: 'failed', reason },
  };
}
