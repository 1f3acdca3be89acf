import type { FailureGroup } from '../../lib/run/query/page/failures.ts';
import type { Overview } from '../../lib/run/query/page/overview.ts';
import type { Finding } from '../doctor/finding/finding.ts';
import type { Ledger } from './ledgers.ts';
import type { LedgerFacts } from './pages/ledger.tsx';

/** Returns what the first page shows of a ledger, or the error why it cannot be read: the other ledgers do not depend on it. */
export async function ledgerFacts(
  ledger: Ledger,
  findings: () => Promise<readonly Finding[] | undefined>,
): Promise<LedgerFacts | { error: unknown }> {
  try {
    const overview = await ledger.overview();
    const failures = await lastFailures(ledger, overview);
    return { overview, failures, findings: await findings() };
  } catch (error) {
    return { error };
  }
}

/** Returns what failed in the last run of each policy. A run that cannot be read has nothing here: the overview names its objects. */
async function lastFailures(
  ledger: Ledger,
  { policies }: Overview,
): Promise<Map<string, FailureGroup[]>> {
  const found = new Map<string, FailureGroup[]>();
  for (const { status } of policies) {
    const groups = await failuresOfLast(ledger, status.last_run);
    if (groups.length > 0) found.set(status.policy, groups);
  }
  return found;
}

/** Returns what failed in the last run of a policy; nothing for one that completed. */
export async function failuresOfLast(
  ledger: Ledger,
  last: Overview['policies'][number]['status']['last_run'],
): Promise<FailureGroup[]> {
  if (last === null || last.outcome === 'completed') return [];
  return ledger.failures(last.run_id).catch(() => []);
}
