import { runOutcomes } from '../../../ledger/run/report.ts';
import { nextSlot } from '../../../policy/slots/slots.ts';
import { freshnessStates } from '../../freshness/judge.ts';
import { policyStatusSchema } from '../schemas/policy.ts';
import { isBadDrill } from '../drill-view.ts';
import type { Family } from './exposition.ts';
import type { MetricsFacts, PolicyFacts } from './facts.ts';

const SECOND = 1_000;
const states = policyStatusSchema.shape.state.options;
const phoneStates = ['fresh', 'late', 'never', 'not_exportable', 'unknown'] as const;

/** Returns the gauges of the policies: what `phonevault status` shows. Pure. */
export function policyGauges({ policies, now }: MetricsFacts): Family[] {
  const gauge = (name: string, help: string, valueOf: (facts: PolicyFacts) => Value): Family => ({
    ...{ name: `phonevault_policy_${name}`, type: 'gauge', help },
    samples: policies.flatMap((facts) => {
      const value = valueOf(facts) ?? undefined;
      return value === undefined ? [] : [{ labels: { policy: facts.status.policy }, value }];
    }),
  });
  const byLabel = (
    [name, label]: readonly [string, string],
    help: string,
    valuesOf: (facts: PolicyFacts) => readonly (readonly [string, number])[],
  ): Family => ({
    ...{ name: `phonevault_policy_${name}`, type: 'gauge', help },
    samples: policies.flatMap((facts) =>
      valuesOf(facts).map(([value, number]) => ({
        labels: { policy: facts.status.policy, [label]: value },
        value: number,
      })),
    ),
  });
  return [
    byLabel(['state', 'state'], '1 for the state of the policy, else 0.', ({ status }) =>
      oneOf(states, status.state),
    ),
    byLabel(
      ['freshness', 'state'],
      '1 for how fresh the backups of the policy are, else 0. stale: the objective is missed.',
      ({ status }) => oneOf([...freshnessStates, 'unknown'], status.freshness),
    ),
    gauge(
      'objective_seconds',
      'How old a backup may be: max_age, or twice the time between the next two slots.',
      ({ status }) => objectiveOf(status, now),
    ),
    gauge(
      'objective_phones_ratio',
      'Which share of the phones needs a backup that is not late.',
      ({ status: { objective } }) => objective && objective.phones_percent / 100,
    ),
    byLabel(
      ['phones', 'state'],
      'Phones of the last run of all phones, by the state of their backups.',
      ({ status: { phones } }) =>
        phones === null ? [] : phoneStates.map((state) => [state, phones[state]]),
    ),
    gauge(
      'late_before_timestamp_seconds',
      'Backups older than this are late. Absent while none can be late.',
      ({ status }) => seconds(status.late_before),
    ),
    gauge(
      'last_success_timestamp_seconds',
      'When the last completed run of all phones settled.',
      ({ status }) => seconds(status.last_good_run?.settled_at),
    ),
    byLabel(
      ['last_run_outcome', 'outcome'],
      '1 for the outcome of the last run, else 0.',
      ({ status: { last_run } }) =>
        last_run === null ? [] : oneOf([...runOutcomes], last_run.outcome),
    ),
    gauge('last_run_timestamp_seconds', 'When the last run settled.', ({ status }) =>
      seconds(status.last_run?.settled_at),
    ),
    gauge(
      'last_run_duration_seconds',
      'How long the last run took, from start to settlement.',
      (facts) => {
        const run = lastRun(facts);
        return run && Math.max(0, run.settled_at - run.started_at) / SECOND;
      },
    ),
    gauge(
      'last_run_archive_bytes',
      'The size of the archives of the last run.',
      (facts) => lastRun(facts)?.bytes,
    ),
    gauge(
      'next_slot_timestamp_seconds',
      'When the policy runs next. Absent without a schedule.',
      ({ status }) => seconds(status.next_slot),
    ),
    gauge(
      'drill_last_success_timestamp_seconds',
      'When the last restore drill that passed settled.',
      ({ status }) => seconds(status.drill?.last_passed?.settled_at),
    ),
    gauge(
      'drill_last_success_seconds',
      'How long that drill took, from its request until the last phone ran.',
      ({ status }) => status.drill?.last_passed?.seconds,
    ),
    gauge(
      'drill_bad',
      '1 when the last restore drill failed or is overdue, else 0. Absent without drills.',
      ({ status }) => status.drill && Number(isBadDrill(status)),
    ),
    gauge('open_runs', 'Runs that have not settled.', ({ status }) => status.open_runs.length),
    gauge(
      'archives',
      'Verified archives in the catalogue. Absent while some are not counted.',
      ({ archives }) => (archives?.all === true ? archives.archives : undefined),
    ),
    gauge(
      'archive_bytes',
      'The size of the verified archives in the catalogue. Absent while some are not counted.',
      ({ archives }) => (archives?.all === true ? archives.bytes : undefined),
    ),
    gauge(
      'retention_last_run_timestamp_seconds',
      'When the retention rules were applied last. Absent before.',
      ({ retention }) => seconds(retention?.last?.at),
    ),
    gauge(
      'retention_blocked',
      '1 when the last application of the retention rules deleted nothing because of a problem, else 0.',
      ({ retention }) => retention?.last && Number(retention.last.blocked !== undefined),
    ),
  ];
}

type Value = number | null | undefined;

const oneOf = (all: readonly string[], value: string): [string, number][] =>
  all.map((one) => [one, Number(one === value)]);

function seconds(at: string | number | null | undefined): number | undefined {
  if (at === null || at === undefined) return undefined;
  return (typeof at === 'number' ? at : Date.parse(at)) / SECOND;
}

/** The last run that the totals know: a run of the present version, and no restore. */
const lastRun = ({ totals }: PolicyFacts) => totals?.recent.find(({ kind }) => kind === undefined);

function objectiveOf(
  { objective, schedule, next_slot }: PolicyFacts['status'],
  now: number,
): number | undefined {
  if (objective === undefined) return undefined;
  if (objective.max_age_seconds !== null) return objective.max_age_seconds;
  const first = next_slot === null ? undefined : Date.parse(next_slot);
  if (schedule === undefined || first === undefined) return undefined;
  const second = nextSlot(schedule, Math.max(now, first));
  return second === undefined ? undefined : (2 * (second - first)) / SECOND;
}
