import { PhonevaultError } from '../../errors.ts';
import { readPlan } from '../../ledger/run/plan.ts';
import { readRequest, type RunRequest } from '../../ledger/run/request.ts';
import { readFolded } from '../../ledger/run/settled/folded-run.ts';
import type { RunDeps } from '../deps.ts';

/** Returns the request of a run. `open/` no longer holds that of a closed run, but its plan does, or what it is folded into. */
export async function findRequest(
  { store }: Pick<RunDeps, 'store'>,
  runId: string,
): Promise<RunRequest | undefined> {
  const open = await readRequest(store, runId);
  const { plan } = (open ? undefined : await readPlan(store, runId)) ?? {};
  return open ?? plan?.request ?? (await readFolded(store, runId))?.plan.request;
}

/** Returns the error for a token that another request has. */
export function conflict(): PhonevaultError {
  return new PhonevaultError('conflict', 'this token was already used for another request', {
    hint: 'Use a new token for a new request.',
  });
}
