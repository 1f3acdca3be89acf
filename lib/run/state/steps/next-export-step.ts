import { isAboutState } from '../../../cloud/cph/error-codes.ts';
import type { HookTerms } from '../../../ledger/run/plan.ts';
import {
  allAttempts,
  type Attempt,
  FIRST_HOOK,
  type PhoneState,
} from '../../../ledger/run/run-state.ts';
import { nextNumber, statusOf } from '../attempt-status.ts';
import { commandStep } from '../checks/command-step.ts';
import { hasSucceeded } from '../checks/results.ts';
import { byNumber, nextStep, type RunFacts, type Step, waitStartOf } from './next-step.ts';
import { type Hook, namesOf } from '../hooks/names.ts';
import { failedHooks } from '../hooks/results.ts';

/**
 * Decides what happens next to a phone of a run that exports: the commands of `before`, the export with its retries, then the
 * commands of `after` when anything may have reached the phone, whatever came of it. The commands of `before` are run once. Pure.
 */
export function nextExportStep(phone: PhoneState, facts: RunFacts, now: number): Step {
  const { hooks } = facts.terms;
  if (hooks === undefined) return nextStep(phone, facts, now);
  const commands = byNumber(phone.hooks ?? new Map<number, Attempt>());
  const isFailed = hooks.on_error === 'fail' && hasFailedBefore(phone, hooks, commands, now);
  const step = isFailed ? failedBefore(phone, hooks) : nextStep(phone, facts, now);
  // What runs ends first, also in a run that is cancelled.
  const running = commands.find((attempt) => isRunning(attempt, hooks, now));
  if (running !== undefined && step.kind !== 'poll') return { kind: 'poll', attempt: running };
  if (step.kind === 'submit') return nextBefore(phone, commands, facts, now) ?? step;
  if (step.kind !== 'done' || !isTouched(phone)) return step;
  return nextCommand('after', commands, hooks, now) ?? step;
}

/** Returns whether a command or an export of the phone may have reached it. */
export function isTouched(phone: PhoneState): boolean {
  const mayHaveActed = (attempt: Attempt): boolean =>
    statusOf(attempt).kind !== 'unsent' && attempt.refused === undefined;
  return allAttempts(phone).some(mayHaveActed);
}

/** Returns the step of the commands before the export; undefined when they have ended. A phone in a passing state is waited for. */
function nextBefore(
  phone: PhoneState,
  commands: readonly Attempt[],
  facts: RunFacts,
  now: number,
): Step | undefined {
  const { hooks } = facts.terms;
  if (hooks === undefined) return undefined;
  const passing = commands.filter(isRefusedByState);
  const last = passing.at(-1);
  const status = last && statusOf(last);
  if (status?.kind === 'failed') {
    const waitStart = waitStartOf(phone, facts, status);
    if (waitStart !== undefined) {
      return { kind: 'await_state', until: waitStart + facts.terms.wait_for_phones };
    }
  }
  return nextCommand('before', commands, hooks, now);
}

/** Returns the step of the first command of a hook that has not ended; undefined when all have. */
function nextCommand(
  hook: Hook,
  commands: readonly Attempt[],
  hooks: HookTerms,
  now: number,
): Step | undefined {
  const counted = countedOf(hook, commands);
  for (const command of namesOf(hook, hooks)) {
    const step = commandStep(command, counted, now, hooks.timeout);
    if (step?.kind === 'poll') return step;
    if (step === undefined) continue;
    const attempt = nextNumber(commands, { call: 'command', command }, FIRST_HOOK);
    return { ...step, attempt, call: 'command', command };
  }
  return undefined;
}

/** Before its export a phone is waited for: a refusal because of its state is no try. */
const countedOf = (hook: Hook, commands: readonly Attempt[]): readonly Attempt[] =>
  hook === 'before' ? commands.filter((attempt) => !isRefusedByState(attempt)) : commands;

const isRefusedByState = ({ refused, command }: Attempt): boolean =>
  refused !== undefined && command?.startsWith('before') === true && isAboutState(refused.code);

function isRunning(attempt: Attempt, { timeout }: HookTerms, now: number): boolean {
  const status = statusOf(attempt);
  return status.kind === 'running' && now < status.since + timeout;
}

/** Returns whether a command before the export has failed for good, so that nothing was exported. */
function hasFailedBefore(
  { attempts }: PhoneState,
  hooks: HookTerms,
  commands: readonly Attempt[],
  now: number,
): boolean {
  if ([...attempts.values()].some((attempt) => statusOf(attempt).kind !== 'unsent')) return false;
  const counted = countedOf('before', commands);
  return namesOf('before', hooks).some((name) => {
    const isSent = counted.some((attempt) => attempt.command === name);
    const isOver = commandStep(name, counted, now, hooks.timeout) === undefined;
    return isSent && isOver && !hasSucceeded(counted, name);
  });
}

function failedBefore(phone: PhoneState, hooks: HookTerms): Step {
  const code = failedHooks(phone, hooks).find(({ hook }) => hook === 'before')?.code;
  return { kind: 'done', outcome: 'failed', reason: 'hook_failed', code };
}
