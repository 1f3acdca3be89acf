import type { PhoneState } from '../../../ledger/run/run-state.ts';
import type { Step } from './next-step.ts';
import { factsOf, stepFunction } from './run-facts.ts';
import type { StoredRun } from '../stored-run.ts';

export type PhoneStep = { phone: PhoneState; step: Step };

/**
 * Returns the next step of each phone of the run, in submission order; none before the run is planned. Decides every phone again:
 * a drive, which does so many times, asks the agenda. Pure.
 */
export function phoneSteps(run: StoredRun, now: number): PhoneStep[] {
  const facts = factsOf(run);
  if (facts === undefined) return [];
  const decide = stepFunction(facts);
  return [...run.state.phones.values()].map((phone) => ({
    phone,
    step: decide(phone, facts, now),
  }));
}
