import { isDeepStrictEqual } from 'node:util';
import { PhonevaultError } from '../../errors.ts';
import { claimKey } from '../../ledger/state/client-keys.ts';
import { sha256hex } from '../../ledger/store/digest.ts';
import { layout } from '../../ledger/store/layout.ts';
import { createRequest, requestSchema, type RunRequest } from '../../ledger/run/request.ts';
import { clip } from '../../policy/parse/validation-error.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import type { RunDeps } from '../deps.ts';
import { PolicyInvalid, readPolicy } from '../state/read-policy.ts';
import { conflict, findRequest } from './known-request.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'random' | 'store' | 'ledger'>;

/** `token` is the caller's idempotency key. `phones`, in any order, narrow the policy's selection. */
export type RunInput = {
  policy: string;
  token: string;
  trigger: 'http' | 'manual';
  phones?: string[];
};

/**
 * Requests a run of a policy. Returns the same run for the same token and input, open or settled, and then writes nothing.
 * Throws `conflict` for a token that was used with another input, `policy_not_found`, `policy_invalid` with all validation
 * errors, and `event_invalid` for a list of phones that no request can hold.
 */
export async function requestRun(
  deps: Deps,
  input: RunInput,
): Promise<{ runId: string; repeated: boolean }> {
  const { policy, token, trigger } = input;
  if (!requestSchema.shape.policy.safeParse(policy).success) throw policyNotFound(policy);
  const request = requestOf(input);
  const runId = request.run_id;
  const known = await findRequest(deps, runId);
  if (known !== undefined) return repeated(request, known);

  await checkPolicy(deps, policy);
  if ((await claimKey(deps, token, request)) === 'taken') throw conflict();
  // Another caller may have created the same request meanwhile.
  if ((await createRequest(deps.store, request)) === 'exists') {
    return repeated(request, await findRequest(deps, runId));
  }
  deps.log.info('requested', { run: runId, policy, trigger });
  return { runId, repeated: false };
}

function requestOf({ policy, token, trigger, phones }: RunInput): RunRequest {
  const run_id = requestRunId(policy, token, sha256hex);
  const parsed = requestSchema.safeParse({
    run_id,
    policy,
    trigger,
    ...(phones === undefined ? {} : { phones: [...new Set(phones)].sort() }),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PhonevaultError(
    'event_invalid',
    `the request is invalid at ${issue?.path.join('.')}: ${issue?.message}`,
    { hint: 'Name 1 to 1,000 phones by id, or none for all phones of the policy.' },
  );
}

function repeated(
  request: RunRequest,
  known: RunRequest | undefined,
): { runId: string; repeated: true } {
  if (isDeepStrictEqual(request, known)) return { runId: request.run_id, repeated: true };
  throw conflict();
}

/** Returns a policy. Throws `policy_not_found`, and `policy_invalid` with all validation errors. */
export async function checkPolicy(
  deps: Pick<Deps, 'store' | 'ledger'>,
  policy: string,
): Promise<Policy> {
  const file = await readPolicy(deps, policy);
  if (file === undefined) throw policyNotFound(policy);
  if (!file.parsed.ok) throw new PolicyInvalid(policy, file.parsed.errors);
  return file.parsed.policy;
}

function policyNotFound(policy: string): PhonevaultError {
  return new PhonevaultError('policy_not_found', `policy ${clip(policy)} does not exist`, {
    hint: `Policies are files in the bucket: ${layout.policies}<name>.yaml.`,
  });
}
