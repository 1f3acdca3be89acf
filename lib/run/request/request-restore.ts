import { isDeepStrictEqual } from 'node:util';
import { PhonevaultError } from '../../errors.ts';
import { claimKey } from '../../ledger/state/client-keys.ts';
import { sha256hex } from '../../ledger/store/digest.ts';
import { createRequest, requestSchema, type RunRequest } from '../../ledger/run/request.ts';
import type { RestoreOrder } from '../../ledger/run/restore-order.ts';
import { RESTORE } from '../../names.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import type { RunDeps } from '../deps.ts';
import { conflict, findRequest } from './known-request.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'random' | 'store' | 'ledger'>;

/** `token` is the caller's idempotency key. */
export type RestoreInput = { token: string; trigger: 'http' | 'manual'; order: RestoreOrder };

/**
 * Requests a restore. Returns the same run for the same token and order, open or settled, and then writes nothing. Throws
 * `conflict` for a token that was used with another order, and `event_invalid` for an order that no request can hold.
 */
export async function requestRestore(
  deps: Deps,
  input: RestoreInput,
): Promise<{ runId: string; repeated: boolean }> {
  const request = requestOf(input);
  const runId = request.run_id;
  const repeated = (known: RunRequest | undefined) => {
    if (isDeepStrictEqual(request, known)) return { runId, repeated: true };
    throw conflict();
  };
  const known = await findRequest(deps, runId);
  if (known !== undefined) return repeated(known);
  if ((await claimKey(deps, input.token, request)) === 'taken') throw conflict();
  // Another caller may have created the same request meanwhile.
  if ((await createRequest(deps.store, request)) === 'exists') {
    return repeated(await findRequest(deps, runId));
  }
  const { policy, trigger } = request;
  deps.log.info('requested', { run: runId, policy, trigger });
  return { runId, repeated: false };
}

function requestOf({ token, trigger, order }: RestoreInput): RunRequest {
  const parsed = requestSchema.safeParse({
    run_id: requestRunId(RESTORE, token, sha256hex),
    ...{ policy: RESTORE, trigger, kind: 'restore', restore: order },
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PhonevaultError(
    'event_invalid',
    `the request is invalid at ${issue?.path.join('.')}: ${issue?.message}`,
    { hint: 'Name phones by id, or a run.' },
  );
}
