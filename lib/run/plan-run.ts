import { PhonevaultError, ServiceError } from '../errors.ts';
import { layout } from '../ledger/layout.ts';
import { type Plan, type PlannedPhone, type Terms, writePlan } from '../ledger/plan.ts';
import { expandObjectPath, runFolder } from '../policy/keys.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/schema.ts';
import { type Candidate, selectPhones, submissionOrder } from '../policy/select.ts';
import { localDate, parseStamp, stamp } from '../policy/stamp.ts';
import { phoneState, stateReason } from '../policy/states.ts';
import type { RunDeps } from './deps.ts';
import { gatherCandidates } from './gather.ts';
import { stopsDrive } from './stops-drive.ts';
import { adoptPlan, type OpenRun, type Writer } from './open-run.ts';

const FAULTS_TOLD = 3;
const PLAN_WITHIN_MS = 2 * 60 * 60_000;

type Draft = Omit<Plan, 'version' | 'parts'>;

/**
 * Plans a run: reads the policy, chooses the phones, fixes their order and writes it all down once. Answers false
 * while the fleet is still being read. A run that cannot start gets a plan that says why.
 */
export async function planRun(
  deps: RunDeps,
  run: OpenRun,
  writer: Writer,
  until: number,
): Promise<boolean> {
  const draft = await draftOrGiveUp(deps, run, until);
  if (draft === undefined) return false;
  const written = await writePlan(deps.store, writer.name, draft.plan, draft.phones);
  await adoptPlan(deps.store, run, written);
  const { failure, selected } = written.plan;
  deps.log.info('planned', {
    run: run.runId,
    policy: run.request.policy,
    phones: selected,
    code: failure?.code,
  });
  return true;
}

/** A run that was cancelled needs no plan; one that cannot be planned in its time, or is not allowed to, fails. */
async function draftOrGiveUp(
  deps: RunDeps,
  run: OpenRun,
  until: number,
): Promise<Drafted | undefined> {
  const base = startOf(deps, run);
  if (run.state.cancelledAt !== undefined) return { plan: base, phones: [] };
  try {
    return await draftPlan(deps, run, base, until);
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const since = run.state.troubles[0]?.at ?? deps.clock.now();
    const tooLate = deps.clock.now() >= since + PLAN_WITHIN_MS;
    if (error.code !== 'access_denied' && !tooLate) throw error;
    return failed(base, error.code, error.message.slice(0, 300));
  }
}

type Drafted = { plan: Draft; phones: PlannedPhone[] };

function startOf(deps: RunDeps, { request }: OpenRun): Draft {
  const started_at = deps.clock.now();
  const slot = request.slot ?? stamp(started_at);
  return { request, slot, started_at, listing_complete: true, selected: 0 };
}

function failed(base: Draft, code: string, message: string): Drafted {
  return { plan: { ...base, failure: { code, message } }, phones: [] };
}

async function draftPlan(
  deps: RunDeps,
  run: OpenRun,
  base: Draft,
  until: number,
): Promise<Drafted | undefined> {
  const { request, slot } = base;
  const key = layout.policy(request.policy);
  const object = await deps.store.get(key);
  if (object === undefined) return failed(base, 'policy_gone', `${key} is not there any more`);
  const parsed = parsePolicy(object.body, {
    fileName: `${request.policy}.yaml`,
    ledger: deps.ledger,
  });
  if (!parsed.ok) {
    const told = parsed.faults.slice(0, FAULTS_TOLD).map((fault) => fault.message);
    return failed(base, 'policy_invalid', told.join(' '));
  }
  const { policy } = parsed;
  const terms = termsOf(policy, slot);
  const obstacle = await bucketObstacle(deps, terms, run.runId);
  if (obstacle !== undefined) return failed(base, obstacle.code, obstacle.message);

  const gathered = await gatherCandidates(deps, policy.select, run.askedAt, until);
  if (gathered === undefined) return undefined;
  const { taggedServers } = gathered;
  const selection = selectPhones(policy.select, gathered.candidates, {
    ...(taggedServers === undefined ? {} : { taggedServers }),
  });
  if (selection.overLimit !== undefined) {
    const { found, max } = selection.overLimit;
    return failed(
      base,
      'too_many_phones',
      `the policy selects ${found} phones, its max_phones is ${max}`,
    );
  }
  const phones = narrow(planPhones(selection.selected, selection.missing), request.phones);
  return {
    plan: {
      ...base,
      started_at: deps.clock.now(),
      terms,
      policy: { etag: object.etag, text: object.body },
      listing_complete: gathered.complete,
      selected: phones.length,
    },
    phones,
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
  deps: RunDeps,
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
    return { ...phone, verdict: { outcome: 'skipped', reason: stateReason(phone.status) } };
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
    status: 0,
    verdict: { outcome: 'failed', reason },
  };
}
