import { POLICY_NAME, RUN_ID } from '../../../names.ts';
import { type Report, type RunOutcome, runOutcomes } from '../../run/report.ts';
import { layout } from '../../store/layout.ts';

/** Keys hold the time from the run's end until this time, so that LIST shows the newest run first. */
export const MAX_TIME = 9_999_999_999_999;

export type SettledRun = { runId: string; outcome: RunOutcome; settledAt: number };

/** A run, as the name of its object in the index describes it. */
export type NamedRun = SettledRun & { name: string; policy: string };

/** Returns the name of a run in the index: LIST shows the newest first. */
export function nameOf({ settled_at, policy, outcome, run_id }: Report): string {
  return [countdown(Date.parse(settled_at)), policy, outcome, run_id].join('.');
}

/** Returns what a name begins with for a time in epoch ms. */
export function countdown(ms: number): string {
  const left = MAX_TIME - Math.min(Math.max(Math.floor(ms), 0), MAX_TIME);
  return String(left).padStart(13, '0');
}

/** Returns the run that a key of the index describes; undefined for a key of another form. */
export function readName(key: string): NamedRun | undefined {
  const name = key.slice(layout.runIndex.length, -'.json'.length);
  if (key !== layout.indexedRun(name)) return undefined;
  const [left = '', policy = '', outcome, runId = '', ...rest] = name.split('.');
  const isNamed = /^\d{13}$/.test(left) && POLICY_NAME.test(policy) && RUN_ID.test(runId);
  if (!isNamed || !isOutcome(outcome) || rest.length > 0) return undefined;
  return { name, settledAt: MAX_TIME - Number(left), policy, outcome, runId };
}

function isOutcome(word: string | undefined): word is RunOutcome {
  return runOutcomes.some((outcome) => outcome === word);
}
