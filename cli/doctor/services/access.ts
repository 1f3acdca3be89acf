import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import type { FunctionGraph } from '../../../lib/cloud/functiongraph.ts';
import type { Smn } from '../../../lib/cloud/smn.ts';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { failed, type Verdict, verdictOf, worstOf } from '../finding.ts';

/** One harmless read, and the right that it needs. */
type Read = { right: string; ask(): Promise<unknown> };

/** A request that CPH never gave: asking for its jobs changes nothing. */
const NO_REQUEST = '0'.repeat(32);

export const cphReads = (cph: Pick<Cph, 'listPhones' | 'listJobs'>): Read[] => [
  {
    right: 'cph:phones:list (with eip:publicIps:list)',
    ask: () => cph.listPhones({ offset: 0, limit: 1 }),
  },
  { right: 'cph:jobs:list', ask: () => cph.listJobs([NO_REQUEST]) },
];

export const obsReads = (store: Pick<Store, 'list' | 'get'>): Read[] => [
  { right: 'obs:bucket:ListBucket', ask: () => store.list(layout.policies, { max: 1 }) },
  { right: 'obs:object:GetObject', ask: () => store.get(layout.limits) },
];

export const smnReads = (smn: Pick<Smn, 'hasTopic'>, topicUrn: string): Read[] => [
  { right: 'smn:topic:list', ask: () => smn.hasTopic(topicUrn) },
];

export const functionReads = (
  functiongraph: Pick<FunctionGraph, 'showFunction' | 'listTriggers'>,
  urn: string,
): Read[] => [
  { right: 'functiongraph:function:getConfig', ask: () => functiongraph.showFunction(urn) },
  // Of a function that is not there FunctionGraph says so, not that one may not look.
  {
    right: 'functiongraph:trigger:list',
    ask: () => functiongraph.listTriggers(urn).catch(absentIsFine),
  },
];

/** Tries reads one after another. A right that is missing is named; a service that does not answer fails as well. */
export async function tryReads(reads: readonly Read[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const { right, ask } of reads) {
    try {
      await ask();
    } catch (error) {
      const verdict = verdictOf(error, right);
      verdicts.push(failed(verdict.message, verdict.fix ?? ''));
      if (!isDenied(error)) break;
    }
  }
  return worstOf(verdicts, `granted: ${reads.map(({ right }) => right).join(', ')}`);
}

function isDenied(error: unknown): boolean {
  return error instanceof PhonevaultError && error.code === 'access_denied';
}

function absentIsFine(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === 'not_found') return undefined;
  throw error;
}
