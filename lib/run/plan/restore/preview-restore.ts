import type { PlannedPhone, RestoreSource } from '../../../ledger/run/plan.ts';
import type { RestoreOrder } from '../../../ledger/run/restore-order.ts';
import { RESTORE } from '../../../names.ts';
import { readOnly } from '../../../ledger/store/read-only.ts';
import type { RunDeps } from '../../deps.ts';
import { instantOf } from '../../query/schemas/object.ts';
import type { PlannedRestore, RestorePreview } from '../../query/schemas/restore.ts';
import { startDraft } from '../draft.ts';
import { draftRestore } from './draft-restore.ts';

type Deps = Pick<RunDeps, 'store' | 'cph' | 'archives' | 'clock' | 'ledger' | 'readings' | 'log'>;

/**
 * Returns what a restore would do if it started now. Writes and restores nothing. Returns undefined when the phones cannot be read
 * by `until` (epoch ms). Throws ServiceError and ObjectError.
 */
export async function previewRestore(
  deps: Deps,
  order: RestoreOrder,
  until: number,
): Promise<RestorePreview | undefined> {
  const now = deps.clock.now();
  const request = {
    ...{ run_id: `${RESTORE}-preview`, policy: RESTORE, trigger: 'manual' as const },
    ...{ kind: 'restore' as const, restore: order },
  };
  const reading = { ...deps, store: readOnly(deps.store, deps.clock) };
  const times = { requestedAt: now, until };
  const drafted = await draftRestore(reading, startDraft(request, now), order, times);
  if (drafted === undefined) return undefined;
  const phones = drafted.phones.map(viewOf);
  const countOf = (plan: PlannedRestore['plan']): number =>
    phones.filter((phone) => phone.plan === plan).length;
  const { failure } = drafted.plan;
  return {
    as_of: instantOf(drafted.asOf ?? now),
    ...(failure === undefined ? {} : { failure }),
    counts: {
      selected: phones.length,
      restore: countOf('restore'),
      wait: countOf('wait'),
      skip: countOf('skip'),
      fail: countOf('fail'),
    },
    safety_export: order.safety_export,
    restart: order.restart,
    reset_first: order.reset_first === true,
    phones,
  };
}

function viewOf(phone: PlannedPhone): PlannedRestore {
  const { phone_id, phone_name, server_id, image_version, verdict, waiting, cold, source } = phone;
  const ofVerdict = verdict?.outcome === 'failed' ? 'fail' : 'skip';
  return {
    ...{ phone_id, phone_name, server_id },
    ...(image_version === undefined ? {} : { image_version }),
    plan: verdict !== undefined ? ofVerdict : waiting === true ? 'wait' : 'restore',
    ...(verdict === undefined ? {} : { reason: verdict.reason }),
    ...(cold === undefined || verdict !== undefined ? {} : { thaw: cold }),
    ...(source === undefined ? {} : { source: sourceOf(source) }),
  };
}

function sourceOf(source: RestoreSource): NonNullable<PlannedRestore['source']> {
  const { phone_id, phone_name, policy, run_id, bucket, key, size, image_version } = source;
  return {
    ...{ phone_id, phone_name, policy, run_id, bucket, key, size },
    verified_at: instantOf(source.verified_at),
    ...(image_version === undefined ? {} : { image_version }),
  };
}
