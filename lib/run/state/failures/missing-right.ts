import type { PhonevaultError } from '../../../errors.ts';
import type { MissingRight } from '../../../ledger/run/reasons.ts';
import type { RunDeps } from '../../deps.ts';
import { type OpenRun, record } from '../open-run.ts';

const MAX_CHARACTERS = 200;

const RIGHTS: Record<MissingRight, string> = {
  thaw_archives: 'obs:object:RestoreObject',
  head_archives: 'obs:object:GetObject, and the right to decrypt with the KMS key of the objects',
  read_archives: 'obs:object:GetObject, and the right to decrypt with the KMS key of the objects',
  list_archives: 'obs:bucket:ListBucket',
};

/** Records, once a run, that a bucket refuses a call: which right the functions' agency lacks, and on which bucket. */
export function noteMissingRight(
  { clock }: Pick<RunDeps, 'clock'>,
  run: OpenRun,
  step: MissingRight,
  { bucket, error }: { bucket: string; error: PhonevaultError },
): void {
  if (run.state.notDone.get(step)?.final !== undefined) return;
  const { code } = error;
  const said = error.message.slice(0, MAX_CHARACTERS);
  const message = `bucket ${bucket}: ${said}. Grant the functions' agency ${RIGHTS[step]}.`;
  record(run, [{ type: 'not_done', at: clock.now(), step, code, message, final: true }]);
}
