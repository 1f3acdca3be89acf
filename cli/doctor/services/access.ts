import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import type { FunctionGraph } from '../../../lib/cloud/functiongraph.ts';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import type { Smn } from '../../../lib/cloud/smn.ts';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { failed, type Verdict, verdictOf, worstOf } from '../finding/finding.ts';

/** A read that changes nothing, and the permission it needs. */
type Read = { right: string; read(): Promise<unknown> };

/** A request id that CPH never issues: listing its jobs changes nothing. */
const NO_REQUEST = '0'.repeat(32);

export const cphReads = (cph: Pick<Cph, 'listPhones' | 'listJobs'>): Read[] => [
  {
    right: 'cph:phones:list (with eip:publicIps:list)',
    read: () => cph.listPhones({ offset: 0, limit: 1 }),
  },
  { right: 'cph:jobs:list', read: () => cph.listJobs([NO_REQUEST]) },
];

export const obsReads = (
  obs: Pick<Obs, 'list'>,
  store: Pick<Store, 'get'>,
  { bucket, prefix }: { bucket: string; prefix: string },
): Read[] => [
  // Two pages, to see that the second one begins after the first.
  {
    right: 'obs:bucket:ListBucket',
    read: () => obs.list(bucket, prefix, { max: 2, page: 1 }),
  },
  { right: 'obs:object:GetObject', read: () => store.get(layout.limits) },
];

export const smnReads = (smn: Pick<Smn, 'hasTopic'>, topicUrn: string): Read[] => [
  { right: 'smn:topic:list', read: () => smn.hasTopic(topicUrn) },
];

export const functionReads = (
  functiongraph: Pick<FunctionGraph, 'showFunction' | 'listTriggers'>,
  urn: string,
): Read[] => [
  { right: 'functiongraph:function:getConfig', read: () => functiongraph.showFunction(urn) },
  // For a missing function FunctionGraph returns not found, not denied.
  {
    right: 'functiongraph:trigger:list',
    read: () => functiongraph.listTriggers(urn).catch(acceptNotFound),
  },
];

/** Makes the reads one after another. Names each missing permission; an unreachable service fails as well. */
export async function tryReads(reads: readonly Read[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const { right, read } of reads) {
    try {
      await read();
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

function acceptNotFound(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === 'not_found') return undefined;
  throw error;
}
