import { classOfCode } from '../../../cloud/cph/error-codes.ts';
import type { Attempt } from '../../../ledger/run/run-state.ts';
import { COMMAND_TIMEOUT_MS, statusOf } from '../attempt-status.ts';

const MAX_TRIES = 2;
const RETRY_AFTER_MS = 15_000;

export type CommandStep =
  | { kind: 'poll'; attempt: Attempt }
  | { kind: 'submit'; notBefore: number }
  | undefined;

/**
 * Returns what happens next to a command; undefined when it has ended, or is given up: it was sent twice without an answer, or ran
 * for longer than `timeoutMs`. Pure.
 */
export function commandStep(
  name: string,
  attempts: readonly Attempt[],
  now: number,
  timeoutMs = COMMAND_TIMEOUT_MS,
): CommandStep {
  let tries = 0;
  let lastEnd = 0;
  for (const attempt of attempts.filter(({ command }) => command === name)) {
    const status = statusOf(attempt);
    if (status.kind === 'running') {
      return now < status.since + timeoutMs ? { kind: 'poll', attempt } : undefined;
    }
    if (status.kind === 'unsent') continue;
    if (status.kind === 'outcome_unknown') lastEnd = Math.max(lastEnd, status.since);
    else if (status.kind === 'failed' && status.reason === 'refused') {
      const kind = classOfCode(status.code ?? '');
      if (kind !== 'retry' && kind !== 'wait') return undefined;
      lastEnd = Math.max(lastEnd, status.at);
    } else return undefined;
    tries += 1;
  }
  if (tries >= MAX_TRIES) return undefined;
  return { kind: 'submit', notBefore: tries === 0 ? 0 : lastEnd + RETRY_AFTER_MS };
}
