import { type Report, type ReportedPhone, writeReport } from '../../lib/ledger/run/report.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { countOutcomes } from '../../lib/run/settle/outcome.ts';
import { MINUTE, T0 } from './runs.ts';

export function exportedPhone(phone_id: string, size = 100): ReportedPhone {
  return {
    ...{ phone_id, outcome: 'exported', attempts: 1, bucket: 'my-phone-backups' },
    ...{ key: `${phone_id}-1.tar`, size, etag: 'e' },
  };
}

/** Writes the report of a run of nightly that settled a minute after its start. */
export function putReport(
  store: Store,
  run_id: string,
  phones: ReportedPhone[],
  changes: Partial<Report> = {},
): Promise<Report> {
  const facts = {
    ...{ run_id, policy: 'nightly', trigger: 'timer' as const, slot: '20260102T023000Z' },
    outcome: 'partial' as const,
    started_at: new Date(T0).toISOString(),
    settled_at: new Date(T0 + MINUTE).toISOString(),
    counts: countOutcomes(phones.map(({ outcome }) => outcome)),
    listing_complete: true,
    ...changes,
  };
  return writeReport(store, facts, phones);
}
