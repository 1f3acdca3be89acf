import { isDeepStrictEqual } from 'node:util';
import { PhonevaultError } from '../../errors.ts';
import { claimKey } from '../../ledger/state/client-keys.ts';
import { sha256hex } from '../../ledger/store/digest.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import {
  createRequest,
  readRequest,
  REQUEST_VERSION,
  requestSchema,
  type RunRequest,
} from '../../ledger/run/request.ts';
import { exists, type Store } from '../../ledger/store/store.ts';
import { clip } from '../../policy/parse/validation-error.ts';
import { parsePolicy } from '../../policy/parse/parse.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import type { RunDeps } from '../deps.ts';
import { PolicyInvalid } from '../plan/policy-invalid.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'random' | 'store'> & Partial<Pick<RunDeps, 'ledger'>>;

/** `token` is the caller's own and stands for this one wish; `phones` narrows the policy's selection, in any order. */
export type Ask = {
  policy: string;
  token: string;
  trigger: 'http' | 'manual';
  phones?: string[];
};

/**
 * Asks for a run of a policy. The same token with the same content again answers the same run, whether it goes on or is
 * settled, and writes nothing. Throws `conflict` for the token of another content or policy, `policy_gone`, `policy_invalid` with
 * all faults, and `event_invalid` for a list of phones that no request can hold.
 */
export async function requestRun(
  deps: Deps,
  ask: Ask,
): Promise<{ runId: string; repeated: boolean }> {
  if (!requestSchema.shape.policy.safeParse(ask.policy).success) throw gone(ask.policy);
  const request = requestOf(ask);
  const runId = request.run_id;
  const known = (await readRequest(deps.store, runId)) ?? (await plannedRequest(deps, runId));
  if (known !== undefined) return repeated(request, known);

  await checkPolicy(deps, ask.policy);
  if ((await claimKey(deps, ask.token, request)) === 'taken') throw conflict();
  if ((await createRequest(deps.store, request)) === 'exists') {
    // Another asked in between.
    const other = (await readRequest(deps.store, runId)) ?? (await plannedRequest(deps, runId));
    return repeated(request, other);
  }
  deps.log.info('requested', { run: runId, policy: ask.policy, trigger: ask.trigger });
  return { runId, repeated: false };
}

function requestOf({ policy, token, trigger, phones }: Ask): RunRequest {
  const run_id = requestRunId(policy, token, sha256hex);
  const parsed = requestSchema.safeParse({
    version: REQUEST_VERSION,
    run_id,
    policy,
    trigger,
    ...(phones === undefined ? {} : { phones: [...new Set(phones)].sort() }),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PhonevaultError(
    'event_invalid',
    `the request is wrong at ${issue?.path.join('.')}: ${issue?.message}`,
    { hint: 'Name 1 to 1,000 phones by their ids, or none for all phones of the policy.' },
  );
}

/** The request of a run whose object in `open/` is gone: a run is closed only after it was planned. */
async function plannedRequest({ store }: Deps, runId: string): Promise<RunRequest | undefined> {
  return (await readPlan(store, runId))?.plan.request;
}

function repeated(
  request: RunRequest,
  known: RunRequest | undefined,
): { runId: string; repeated: true } {
  if (isDeepStrictEqual(request, known)) return { runId: request.run_id, repeated: true };
  throw conflict();
}

function conflict(): PhonevaultError {
  return new PhonevaultError('conflict', 'this token was used for another request', {
    hint: 'Use a new token for a new request.',
  });
}

async function checkPolicy({ store, ledger }: Deps, policy: string): Promise<void> {
  const object = await store.get(layout.policy(policy));
  if (object === undefined) throw gone(policy);
  const context = { fileName: `${policy}.yaml`, ...(ledger === undefined ? {} : { ledger }) };
  const parsed = parsePolicy(object.body, context);
  if (!parsed.ok) throw new PolicyInvalid(policy, parsed.errors);
}

function gone(policy: string): PhonevaultError {
  const name = clip(policy);
  return new PhonevaultError('policy_gone', `there is no policy ${name}`, {
    hint: `Policies lie in the bucket under ${layout.policies}, one <name>.yaml each.`,
  });
}

/**
 * Asks for a run to be cancelled. A run that is settled or unknown is left without a cancel object, also when it settles
 * in this very moment.
 */
export async function requestCancel(
  store: Pick<Store, 'list' | 'put' | 'remove'>,
  runId: string,
): Promise<'asked' | 'settled' | 'unknown'> {
  if (!requestSchema.shape.run_id.safeParse(runId).success) return 'unknown';
  // In this order: the report is written before the request is removed.
  const open = await exists(store, layout.request(runId));
  if (await exists(store, layout.report(runId))) return 'settled';
  if (!open) return 'unknown';
  const key = layout.cancel(runId);
  await store.put(key, JSON.stringify({ version: REQUEST_VERSION, run_id: runId }));
  if (!(await exists(store, layout.report(runId)))) return 'asked';
  await store.remove([key]);
  return 'settled';
}
