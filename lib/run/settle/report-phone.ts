import type { ReportedPhone } from '../../ledger/run/report.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { countAttempts } from '../state/attempt-history.ts';
import type { FoundArchives } from './found-archives.ts';
import { hookFields } from '../state/hooks/results.ts';
import { sourceFields } from '../state/steps/restored-phone.ts';
import type { PhoneStep } from '../state/steps/phone-steps.ts';
import type { StoredRun } from '../state/stored-run.ts';

/** Returns a phone as the report shows it. Throws when the phone has no outcome yet. */
export function reportPhone(
  run: StoredRun,
  { phone, step }: PhoneStep,
  found: FoundArchives,
): ReportedPhone {
  const { phone_id } = phone.planned;
  const attempts = countAttempts(phone);
  const terms = run.plan?.terms;
  const hooks = hookFields(phone, terms?.hooks);
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
      verified_at: new Date(archive.at).toISOString(),
      attempts,
      ...hooks,
    };
  }
  const unconfirmed = (found.get(phone_id) ?? []).map(({ object }) => object);
  return {
    phone_id,
    outcome: step.outcome,
    ...sourceFields(phone, step, run.plan?.restore),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.code === undefined ? {} : { code: step.code }),
    attempts,
    ...hooks,
    ...(unconfirmed.length === 0
      ? {}
      : {
          unconfirmed_archive: unconfirmed.map(({ key }) => key),
          unconfirmed_size: unconfirmed.map(({ size }) => size),
        }),
  };
}
