import type { HookTerms } from '../../../ledger/run/plan.ts';
import type { HookFailure, ReportedPhone } from '../../../ledger/run/report.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import { statusOf } from '../attempt-status.ts';
import { hasSucceeded } from '../checks/results.ts';
import { type Hook, namesOf } from './names.ts';

/** Returns the commands of a phone that were sent and did not succeed, as far as is known. Pure. */
export function failedHooks(
  { hooks: attempts }: Pick<PhoneState, 'hooks'>,
  hooks: HookTerms | undefined,
): HookFailure[] {
  if (attempts === undefined || hooks === undefined) return [];
  const known = [...attempts.values()];
  const ofHook = (hook: Hook): HookFailure[] =>
    namesOf(hook, hooks).flatMap((name, index) => {
      const failure = failureOf(name, known);
      return failure === undefined ? [] : [{ hook, command: hooks[hook][index] ?? '', ...failure }];
    });
  return [...ofHook('before'), ...ofHook('after')];
}

/** Returns what a report says of the hooks of a phone; nothing when none failed. */
export function hookFields(
  phone: Pick<PhoneState, 'hooks'>,
  hooks: HookTerms | undefined,
): Pick<ReportedPhone, 'failed_hooks'> {
  const failed = failedHooks(phone, hooks);
  return failed.length === 0 ? {} : { failed_hooks: failed };
}

function failureOf(
  name: string,
  attempts: readonly Attempt[],
): Pick<HookFailure, 'result' | 'code'> | undefined {
  const own = attempts.filter(
    (attempt) => attempt.command === name && statusOf(attempt).kind !== 'unsent',
  );
  if (own.length === 0 || hasSucceeded(own, name)) return undefined;
  const ended = own.find((attempt) => attempt.ended?.result === 'failed')?.ended;
  if (ended !== undefined) return { result: 'failed', ...codeOf(ended) };
  const refused = own.find((attempt) => attempt.refused !== undefined)?.refused;
  return refused === undefined
    ? { result: 'no_answer' }
    : { result: 'refused', ...codeOf(refused) };
}

const codeOf = ({ code }: { code?: string | undefined }) => (code === undefined ? {} : { code });
