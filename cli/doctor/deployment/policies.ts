import type { PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { phonesText } from '../../show/status-text.ts';
import { count } from '../../text/plural.ts';
import { ago } from '../../text/time.ts';
import {
  failed,
  ok,
  skipped,
  unknown,
  type Verdict,
  warning,
  worstOf,
} from '../finding/finding.ts';

const NOT_RUN: ReadonlySet<PolicyStatus['state']> = new Set(['invalid', 'unreadable', 'disabled']);

/** Checks that every policy file can be read and is valid. `where` is the key of a policy's file. */
export function judgePolicies(statuses: readonly PolicyStatus[], where: string): Verdict {
  if (statuses.length === 0) return warning('no policies yet', `upload one to ${where}`);
  const bad = [...statuses.flatMap(judgeFile), ...statuses.flatMap(judgeUnreadable)];
  if (bad.length > 0) return worstOf(bad, '');
  const states = [...new Set(statuses.map(({ state }) => state))].sort().map((state) => {
    const number = statuses.filter((status) => status.state === state).length;
    return `${number} ${state}`;
  });
  return ok(`${count(statuses.length, 'policy', 'policies')}: ${states.join(', ')}`);
}

function judgeFile({ policy, state, errors = [] }: PolicyStatus): Verdict[] {
  if (state !== 'invalid') return [];
  const fix = 'phonevault validate shows every error with its line';
  return [failed(`${policy}: ${errors[0] ?? 'is invalid'}`, fix)];
}

function judgeUnreadable({ unreadable = [] }: PolicyStatus): Verdict[] {
  return unreadable.map(({ message, hint = 'phonevault status shows it' }) =>
    failed(message, hint),
  );
}

/** Checks that no policy is stale and that its last run succeeded. `now` is epoch ms. */
export function judgeRuns(statuses: readonly PolicyStatus[], now: number): Verdict {
  const judged = statuses.filter(({ state }) => !NOT_RUN.has(state));
  if (judged.length === 0) return skipped('no policy runs');
  const good = judged.map(({ policy, last_good_run: run }) =>
    run === null ? `${policy} none yet` : `${policy} ${ago(now - Date.parse(run.settled_at))}`,
  );
  return worstOf(
    judged.flatMap((status) => judgeRun(status, now)),
    `last good runs: ${good.join(', ')}`,
  );
}

function judgeRun(
  { policy, freshness, phones, last_run: last, last_good_run: good }: PolicyStatus,
  now: number,
): Verdict[] {
  if (freshness === 'unknown') {
    return [unknown(`the runs of ${policy} cannot be read`, 'see the check policies')];
  }
  if (freshness === 'stale') {
    const since =
      good === null ? 'no good run yet' : `last good run ${ago(now - Date.parse(good.settled_at))}`;
    const why = [phonesText({ phones }), since].filter((text) => text !== undefined).join(', ');
    return [
      failed(`${policy} is stale: ${why}`, `phonevault status --phones ${policy} shows its phones`),
    ];
  }
  // A run of some phones only may complete, but is no good run of the policy.
  if (last === null || last.run_id === good?.run_id) return [];
  if (last.outcome === 'completed' || last.outcome === 'skipped') return [];
  const text = `the last run of ${policy} was ${last.outcome}`;
  return [warning(text, `phonevault runs show ${last.run_id} shows why`)];
}
