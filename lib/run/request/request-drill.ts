import { PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { requestRestore } from './request-restore.ts';
import { checkPolicy } from './request-run.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'random' | 'store' | 'ledger'>;

/**
 * Requests a drill of a policy now. Returns the same run for the same token. Throws `policy_not_found`, `policy_invalid`,
 * `event_invalid` for a policy without a drill, and `conflict` for a token that was used for something else.
 */
export async function requestDrill(
  deps: Deps,
  { policy, token }: { policy: string; token: string },
): Promise<{ runId: string; repeated: boolean }> {
  const { drill } = await checkPolicy(deps, policy);
  if (drill === undefined) {
    throw new PhonevaultError('event_invalid', `policy ${policy} has no drill`, {
      hint: 'Add `drill` with a schedule and scratch phones to it: see docs/policy.md.',
    });
  }
  const order = { drill: { policy }, safety_export: false, restart: true };
  return requestRestore(deps, { token, trigger: 'manual', order });
}
