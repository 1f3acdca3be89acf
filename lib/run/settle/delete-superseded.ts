import type { RefusedDelete } from '../../cloud/obs/remove.ts';
import type { EventOf, RunEvent } from '../../ledger/run/events.ts';
import type { RunState } from '../../ledger/run/run-state.ts';
import type { DriveDeps } from '../deps.ts';
import { statusOf } from '../state/attempt-status.ts';
import { assertSoleWriter, flush, type OpenRun, record } from '../state/open-run.ts';
import type { PhoneStep } from '../state/steps/phone-steps.ts';
import type { FoundArchives } from './found-archives.ts';
import { removeOrGiveUp } from './remove-or-give-up.ts';

type Intent = EventOf<'delete_intent'>;

/**
 * Deletes archives that a verified one of the same phone in this run has superseded, unless their job may still write, and
 * records what became of each. Throws LeaseLost, before anything is deleted, when another drive writes to the run: it may have
 * settled on another archive. Throws what a call failed with, until the archives are given up and stay.
 */
export async function deleteSuperseded(
  deps: DriveDeps,
  run: OpenRun,
  steps: PhoneStep[],
  found: FoundArchives,
): Promise<void> {
  await assertSoleWriter(deps, run);
  record(run, intentsOf(run.state, steps, found, deps.clock.now()));
  const intents = undecided(run.state, steps);
  if (intents.length === 0) return;
  await assertSoleWriter(deps, run);
  const refused = await removeOrGiveUp(deps, run, intents);
  const codes = new Map(refused.map(({ key, code }) => [key, code]));
  const at = deps.clock.now();
  record(
    run,
    intents.map(({ key, phone_id, attempt }): RunEvent => {
      const code = codes.get(key);
      if (code !== undefined) return { type: 'delete_refused', at, key, code };
      return { type: 'superseded_deleted', at, key, phone_id, attempt };
    }),
  );
  await flush(deps, run);
}

/**
 * Returns the superseded archives that could not be deleted, by key: those that the bucket kept, and all that are left when
 * deleting was given up.
 */
export function leftoversOf(
  { state }: Pick<OpenRun, 'state'>,
  steps: PhoneStep[],
  found: FoundArchives,
): RefusedDelete[] {
  const givenUp = state.notDone.get('delete_archives')?.final?.code;
  const kept = [...state.deletions].flatMap(([key, { deleted, refused }]) => {
    const code = refused?.code ?? givenUp;
    return deleted === true || code === undefined ? [] : [{ key, code }];
  });
  const unsent =
    givenUp === undefined
      ? []
      : intentsOf(state, steps, found, 0).map(({ key }) => ({ key, code: givenUp }));
  return [...kept, ...unsent].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Returns the keys of the superseded archives that were deleted, in order. */
export function deletedKeys({ deletions }: RunState): string[] {
  return [...deletions].flatMap(([key, { deleted }]) => (deleted === true ? [key] : [])).sort();
}

/** Returns the intents for superseded archives that have none. */
function intentsOf(
  { deletions }: RunState,
  steps: PhoneStep[],
  found: FoundArchives,
  at: number,
): Intent[] {
  return steps.flatMap(({ phone, step }) => {
    if (step.kind !== 'done' || step.archive === undefined) return [];
    const verified = step.archive.number;
    const { phone_id } = phone.planned;
    const superseded = (found.get(phone_id) ?? []).filter(({ attempt, object }) => {
      const other = phone.attempts.get(attempt);
      const isRunning = other !== undefined && statusOf(other).kind === 'running';
      return attempt !== verified && !isRunning && !deletions.has(object.key);
    });
    return superseded.map(({ attempt, object }) => ({
      ...{ type: 'delete_intent' as const, at, phone_id, attempt },
      key: object.key,
    }));
  });
}

/**
 * Returns the intents without a result, also those of a killed drive. Two drives may each have meant to delete what the other
 * kept: an archive of a phone without another one stays.
 */
function undecided({ deletions }: RunState, steps: PhoneStep[]): Intent[] {
  const kept = new Map(
    steps.flatMap(({ phone, step }) =>
      step.kind === 'done' && step.archive !== undefined
        ? [[phone.planned.phone_id, step.archive.number] as const]
        : [],
    ),
  );
  return [...deletions.values()].flatMap(({ intent, deleted, refused }) => {
    if (intent === undefined || deleted === true || refused !== undefined) return [];
    const other = kept.get(intent.phone_id);
    return other === undefined || other === intent.attempt ? [] : [intent];
  });
}
