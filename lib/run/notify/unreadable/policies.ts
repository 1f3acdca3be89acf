import {
  isUnreadablePolicyHint,
  readUnreadablePolicy,
} from '../../../ledger/hints/unreadable-policy.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { DriveDeps } from '../../deps.ts';
import { readPolicy } from '../../state/read-policy.ts';
import { isResting, noteUsable, removeHandled } from '../../state/failures/resting.ts';
import { tryHint } from '../../state/failures/try-hint.ts';

type Deps = Pick<DriveDeps, 'clock' | 'until' | 'log' | 'store' | 'ledger' | 'unreadable'>;

/** Reads the policy files that schedule could not read. Those that drive cannot read either rest, and are notified of. */
export async function checkUnreadablePolicies(deps: Deps, ids: readonly string[]): Promise<void> {
  for (const id of ids.filter(isUnreadablePolicyHint)) {
    if (deps.clock.now() >= deps.until) return;
    const isReadable = await tryHint(deps, id, async () => {
      const hint = await readUnreadablePolicy(deps.store, id);
      if (hint === undefined) return true;
      const key = layout.policy(hint.policy);
      if (isResting(deps, key)) return false;
      await readPolicy(deps, hint.policy);
      noteUsable(deps, (other) => other === key);
      return true;
    });
    if (isReadable) await removeHandled(deps, [layout.hint(id)]);
  }
}
