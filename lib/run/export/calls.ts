import type { Call } from '../../ledger/run/events.ts';
import type { Cph } from '../../cloud/cph/cph.ts';
import type { RestoreInfo, StorageInfo } from '../../cloud/cph/job.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import type { OpenRun } from '../state/open-run.ts';
import type { Item } from './batches/lanes.ts';

type Submitted = Awaited<ReturnType<Cph['batchStorage']>>;

/** Sends one call for these phones of a run. Throws what the client throws. */
export function sendItems(
  cph: Cph,
  run: OpenRun,
  { call, command = '', items }: { call: Call; command?: string | undefined; items: Item[] },
): Promise<Submitted> {
  const ids = items.map(({ phoneId }) => phoneId);
  switch (call) {
    case 'export':
      return cph.batchStorage(items.map((item) => storageInfo(run, item)));
    case 'restore':
      return cph.batchRestore(ids.map((id) => restoreInfo(run, id)));
    case 'command':
      return cph.runCommand(ids, command);
    case 'restart':
      return cph.restartPhones(ids);
    case 'reset':
      return cph.resetPhones(ids);
  }
}

function storageInfo(run: OpenRun, { phoneId, attempt }: Item): StorageInfo {
  const terms = run.plan?.terms;
  if (terms === undefined) throw new Error(`run ${run.runId} has no terms`);
  return {
    phone_id: phoneId,
    include_files: terms.include,
    ...(terms.exclude.length === 0 ? {} : { exclude_files: terms.exclude }),
    bucket_name: terms.bucket,
    object_path: archiveKey(terms.folder, run.runId, phoneId, attempt),
  };
}

function restoreInfo(run: OpenRun, phoneId: string): RestoreInfo {
  const source = run.state.phones.get(phoneId)?.planned.source;
  if (source === undefined) throw new Error(`run ${run.runId} has no archive for ${phoneId}`);
  return { phone_id: phoneId, bucket_name: source.bucket, object_path: source.key };
}
