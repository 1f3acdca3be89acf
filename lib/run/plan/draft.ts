import { ServiceError } from '../../errors.ts';
import type { Plan, PlannedPhone, Terms } from '../../ledger/run/plan.ts';
import type { RunRequest } from '../../ledger/run/request.ts';
import { expandObjectPath, runFolder } from '../../policy/keys/keys.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { type Candidate, selectPhones, submissionOrder } from '../../policy/selection/select.ts';
import { localDate, parseStamp, stamp } from '../../policy/keys/stamp.ts';
import { phoneState } from '../../policy/selection/states.ts';
import type { RunDeps } from '../deps.ts';
import { findCandidates } from './candidates.ts';

export type DraftDeps = Pick<RunDeps, 'store' | 'cph' | 'archives' | 'clock'>;

/** The plan before it is written. A run that cannot start has a plan without phones that says why. */
export type Draft = Omit<Plan, 'version' | 'parts'>;

/** `asOf`: when the fleet was read (epoch ms); not there where it was not. */
export type Drafted = { plan: Draft; phones: PlannedPhone[]; asOf?: number };

/** What a plan says of itself before anything is known. */
export function startDraft(request: RunRequest, now: number): Draft {
  const slot = request.slot ?? stamp(now);
  return { request, slot, started_at: now, listing_complete: true, selected: 0 };
}

/** The plan of a run that ends before it starts. */
export function failedDraft(base: Draft, code: string, message: string): Drafted {
  return { plan: { ...base, failure: { code, message } }, phones: [] };
}

/**
 * Draws up a run under a policy: chooses the phones and fixes their order. Of the fleet it takes what was read no earlier
 * than a minute before `askedAt` and answers undefined while there is more to read than `until` (both epoch ms) allows.
 * A bucket that is not there or too large a selection makes a plan that says so; other failures of the services are thrown.
 */
export async function draftPlan(
  deps: DraftDeps,
  base: Draft,
  { policy, text, etag }: { policy: Policy; text: string; etag: string },
  { requestedAt, until }: { requestedAt: number; until: number },
): Promise<Drafted | undefined> {
  const { request, slot } = base;
  const terms = termsOf(policy, slot);
  const obstacle = await bucketObstacle(deps, terms, request.run_id);
  if (obstacle !== undefined) return failedDraft(base, obstacle.code, obstacle.message);

  const gathered = await findCandidates(deps, policy.select, requestedAt, until, request.phones);
  if (gathered === undefined) return undefined;
  const { taggedServers, asOf } = gathered;
  const wanted = new Set(request.phones);
  const candidates =
    request.phones === undefined
      ? gathered.candidates
      : gathered.candidates.filter(({ phone_id }) => wanted.has(phone_id));
  const selection = selectPhones(policy.select, candidates, {
    ...(taggedServers === undefined ? {} : { taggedServers }),
  });
  if (selection.overLimit !== undefined) {
    const { found, max } = selection.overLimit;
    const message = `the policy selects ${found} phones, its max_phones is ${max}`;
    return { ...failedDraft(base, 'too_many_phones', message), asOf };
  }
  const phones = narrow(planPhones(selection.selected, selection.missing), request.phones);
  return {
    plan: {
      ...base,
      started_at: deps.clock.now(),
      terms,
      policy: { etag, text },
      listing_complete: gathered.complete,
      selected: phones.length,
    },
    phones,
    asOf,
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
    notify: policy.notify,
  };
}

/** What is wrong with the bucket of the archives, seen before anything is exported into it. */
async function bucketObstacle(
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
      return { code: error.code, message: `there is no bucket ${terms.bucket} in this region` };
    }
    if (error.code === 'access_denied') {
      return { code: error.code, message: `the agency may not list the bucket ${terms.bucket}` };
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
  return [...found, ...missing.map((phone_id) => unlisted(phone_id, 'not_found'))];
}

/** A request may name phones of the policy; others that it names are not the policy's to export. */
function narrow(phones: PlannedPhone[], wanted: string[] | undefined): PlannedPhone[] {
  if (wanted === undefined) return phones;
  const ids = new Set(wanted);
  const kept = phones.filter((phone) => ids.has(phone.phone_id));
  const known = new Set(kept.map((phone) => phone.phone_id));
  return [
    ...kept,
    ...[...ids].filter((id) => !known.has(id)).map((id) => unlisted(id, 'not_in_policy')),
  ];
}

function unlisted(phone_id: string, reason: string): PlannedPhone {
  return {
    phone_id,
    phone_name: '',
    server_id: '',
    status: 'unknown',
    verdict: { outcome: 'failed', reason },
  };
}
