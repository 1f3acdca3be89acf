import { requestPrune } from '../../ledger/retention/prune.ts';
import { readRetention } from '../../ledger/retention/state.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { parsePolicyText } from '../state/read-policy.ts';

/** A day, less what nightly runs may differ in their length. */
const EVERY_MS = 20 * 3_600_000;

/** Requests that the retention rules of a settled run's policy are applied, at most once a day. */
export async function requestPruneDue(
  deps: Pick<RunDeps, 'clock' | 'log' | 'store' | 'ledger'>,
  { plan, request }: Pick<StoredRun, 'plan' | 'request'>,
): Promise<void> {
  const { policy } = request;
  const text = plan?.policy?.text ?? '';
  // Most policies have none: their text is not parsed.
  if (!text.includes('retention')) return;
  const parsed = parsePolicyText(deps, policy, text);
  if (!parsed.ok || parsed.policy.retention === undefined) return;
  const last = (await readRetention(deps.store, policy))?.last?.at ?? 0;
  if (deps.clock.now() < last + EVERY_MS) return;
  await requestPrune(deps.store, policy);
  deps.log.info('prune_requested', { policy });
}
