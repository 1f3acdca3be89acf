import { includeSet } from '../../ledger/catalogue/archive.ts';
import { findSuspects } from '../../ledger/catalogue/find-suspects.ts';
import type { Plan } from '../../ledger/run/plan.ts';
import type { ReportedPhone } from '../../ledger/run/report.ts';
import type { RunDeps } from '../deps.ts';

/** Returns the phones of a report, with those marked whose archive is much smaller than the ones before it. */
export async function markSuspects(
  { store }: Pick<RunDeps, 'store'>,
  { request, terms }: Plan,
  phones: ReportedPhone[],
): Promise<ReportedPhone[]> {
  if (terms === undefined) return phones;
  const archives = phones.flatMap(({ phone_id, key, size }) =>
    key === undefined || size === undefined ? [] : [{ phone_id, key, size }],
  );
  const { digest } = includeSet(terms.include, terms.exclude);
  const suspects = await findSuspects(store, request.policy, { archives, digest });
  return phones.map((phone) =>
    suspects.has(phone.key ?? '') ? { ...phone, suspect: true } : phone,
  );
}
