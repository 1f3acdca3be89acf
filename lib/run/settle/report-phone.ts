import type { IndexEntry } from '../../ledger/state/phones.ts';
import type { ReportedPhone } from '../../ledger/run/report.ts';
import { archiveKey, parseArchiveKey, runFolder } from '../../policy/keys/keys.ts';
import { statusOf } from '../state/attempt-status.ts';
import type { FoundArchives } from './found-archives.ts';
import type { PhoneStep } from '../state/phone-steps.ts';
import type { StoredRun } from '../state/stored-run.ts';

/** Returns a phone as the report shows it. Throws when the phone has no outcome yet. */
export function reportPhone(
  run: StoredRun,
  { phone, step }: PhoneStep,
  found: FoundArchives,
): ReportedPhone {
  const { phone_id } = phone.planned;
  const attempts = [...phone.attempts.values()].filter(
    (attempt) => statusOf(attempt).kind !== 'unsent',
  );
  const terms = run.plan?.terms;
  if (step.kind !== 'done') throw new Error(`phone ${phone_id} has no outcome`);
  const archive = step.archive?.verified;
  if (step.archive !== undefined && archive !== undefined && terms !== undefined) {
    return {
      phone_id,
      outcome: 'exported',
      bucket: terms.bucket,
      key: archiveKey(terms.folder, run.runId, phone_id, step.archive.number),
      size: archive.size,
      etag: archive.etag,
      attempts: attempts.length,
    };
  }
  const unconfirmed = (found.get(phone_id) ?? []).map(({ object }) => object.key);
  return {
    phone_id,
    outcome: step.outcome,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.code === undefined ? {} : { code: step.code }),
    attempts: attempts.length,
    ...(unconfirmed.length === 0 ? {} : { unconfirmed_archive: unconfirmed }),
  };
}

/** Returns the archives of a report as entries of the phone index. */
export function indexEntries(run: StoredRun, phones: ReportedPhone[]): IndexEntry[] {
  const terms = run.plan?.terms;
  if (terms === undefined) return [];
  const folder = runFolder(terms.folder, run.runId);
  return phones.flatMap(({ phone_id, bucket, key, size, etag }) => {
    const state = run.state.phones.get(phone_id);
    const attempt = state?.attempts.get(parseArchiveKey(folder, key ?? '')?.attempt ?? 0);
    if (state === undefined || attempt?.verified === undefined) return [];
    if (bucket === undefined || key === undefined || size === undefined || etag === undefined) {
      return [];
    }
    const { phone_name, image_version } = state.planned;
    return [
      {
        phone_id,
        phone_name,
        policy: run.request.policy,
        archive: {
          run_id: run.runId,
          ...{ bucket, key, size, etag },
          verified_at: attempt.verified.at,
          ...(image_version === undefined ? {} : { image_version }),
        },
      },
    ];
  });
}
