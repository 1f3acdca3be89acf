import type { RestoreTerms } from '../../../ledger/run/plan.ts';
import type { Attempt } from '../../../ledger/run/run-state.ts';
import { type CommandStep, commandStep } from './command-step.ts';
import { CHECK } from './commands.ts';

/** CPH calls a phone running before all of its apps have started. */
const MAX_TRIES = 5;
const RETRY_AFTER_MS = 30_000;

type DrillCheck =
  | { kind: 'step'; step: NonNullable<CommandStep> }
  | { kind: 'passed' }
  | { kind: 'failed'; code: string | undefined };

/**
 * Returns what comes next of the check of a drilled phone, or what came of it. It passes when its command succeeds and prints the
 * answer that is wanted; it is tried five times, and given up when it cannot be run. Pure.
 */
export function drillCheck(
  all: readonly Attempt[],
  { answer }: NonNullable<RestoreTerms['check']>,
  now: number,
): DrillCheck {
  const own = all.filter(({ command }) => command === CHECK);
  const isRight = ({ ended }: Attempt): boolean =>
    ended?.result === 'succeeded' &&
    (answer === undefined || ended.output?.includes(answer) === true);
  if (own.some(isRight)) return { kind: 'passed' };
  const wrong = own.filter(({ ended }) => ended !== undefined && ended.result !== 'lost');
  const code = wrong.at(-1)?.ended?.code;
  if (wrong.length >= MAX_TRIES) return { kind: 'failed', code };
  const others = own.filter((attempt) => !wrong.includes(attempt));
  const step = commandStep(CHECK, others, now);
  if (step === undefined) {
    const refusal = others.find(({ refused }) => refused !== undefined)?.refused;
    return { kind: 'failed', code: refusal?.code ?? code };
  }
  if (step.kind === 'poll') return { kind: 'step', step };
  const lastEnd = Math.max(...wrong.map(({ ended }) => ended?.at ?? 0));
  const notBefore = Math.max(step.notBefore, lastEnd + RETRY_AFTER_MS);
  return {
    kind: 'step',
    step: { kind: 'submit', notBefore: wrong.length === 0 ? step.notBefore : notBefore },
  };
}
