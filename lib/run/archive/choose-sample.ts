import type { Attempt } from '../../ledger/run/run-state.ts';
import { shuffled } from '../../ledger/store/digest.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { phoneSteps } from '../state/steps/phone-steps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import type { StoredArchive } from './read-archive.ts';

/** A verified archive of a run that is to be read to its end. */
export type Chosen = { phoneId: string; attempt: Attempt; archive: StoredArchive };

/**
 * Returns the archives of a settled run that are read to their end: the share that its policy asks for, at least one. The choice
 * follows from the ids of run and phones alone: every drive makes the same. Pure.
 */
export function chooseSample(run: StoredRun, now: number): Chosen[] {
  const { terms } = run.plan ?? {};
  const { read } = terms ?? {};
  if (terms === undefined || read === undefined) return [];
  const verified = phoneSteps(run, now).flatMap(({ phone, step }): Chosen[] => {
    const attempt = step.kind === 'done' ? step.archive : undefined;
    if (attempt?.verified === undefined) return [];
    const { phone_id: phoneId } = phone.planned;
    const { size, etag } = attempt.verified;
    const key = archiveKey(terms.folder, run.runId, phoneId, attempt.number);
    return [{ phoneId, attempt, archive: { bucket: terms.bucket, key, size, etag } }];
  });
  const count = Math.ceil((verified.length * read) / 100);
  return shuffled(verified, run.runId, ({ phoneId }) => phoneId).slice(0, count);
}
