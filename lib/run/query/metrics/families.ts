import { addMetrics, noMetrics } from '../../../ledger/run/log/metrics.ts';
import type { Limits } from '../../../ledger/state/limits.ts';
import type { Totals } from '../../../ledger/state/totals.ts';
import type { Family } from './exposition.ts';
import type { MetricsFacts } from './facts.ts';
import { policyGauges } from './policy-families.ts';

const SECOND = 1_000;

/** Returns all metrics. Their labels are names of policies and words of a small set: never a phone, a server or a key. Pure. */
export function metricFamilies(facts: MetricsFacts): Family[] {
  return [
    single('build_info', 'The version of Phonevault, as a label.', 1, { version: facts.version }),
    ...policyGauges(facts),
    ...runCounters(facts.totals),
    ...callCounters(facts.totals),
    limits(facts.limits),
    ...(facts.limits.export_ms === undefined
      ? []
      : [
          single(
            'export_average_seconds',
            'The average time of an export.',
            facts.limits.export_ms / SECOND,
          ),
        ]),
    single(
      'unreadable_objects',
      'Objects of the ledger that cannot be used: `phonevault status` names them.',
      facts.unreadable,
    ),
  ];
}

function single(
  name: string,
  help: string,
  value: number,
  labels: Record<string, string> = {},
): Family {
  return { name: `phonevault_${name}`, type: 'gauge', help, samples: [{ labels, value }] };
}

function runCounters(all: MetricsFacts['totals']): Family[] {
  const counter = (
    name: string,
    help: string,
    valuesOf: (totals: Totals) => readonly (readonly [Record<string, string>, number])[],
  ): Family => ({
    ...{ name: `phonevault_policy_${name}`, type: 'counter', help },
    samples: [...all].flatMap(([policy, totals]) =>
      valuesOf(totals).map(([labels, value]) => ({ labels: { policy, ...labels }, value })),
    ),
  });
  const by = (label: string, tally: Record<string, number>) =>
    Object.entries(tally).map(([value, count]) => [{ [label]: value }, count] as const);
  const durations: Family = {
    name: 'phonevault_policy_run_duration_seconds',
    type: 'summary',
    help: 'How long settled runs took, from start to settlement.',
    samples: [...all].flatMap(([policy, { run_ms, runs }]) => [
      { suffix: '_sum', labels: { policy }, value: run_ms / SECOND },
      { suffix: '_count', labels: { policy }, value: sumOf(runs) },
    ]),
  };
  return [
    counter('runs_total', 'Settled runs.', ({ runs }) => by('outcome', runs)),
    counter('phone_outcomes_total', 'Phones of settled runs, by outcome.', ({ phones }) =>
      by('outcome', phones),
    ),
    counter(
      'failures_total',
      'Phones of settled runs that were not backed up, by the code of the service or the reason.',
      ({ failures }) => by('code', failures),
    ),
    counter(
      'exported_bytes_total',
      'The size of the archives of settled runs.',
      ({ exported_bytes }) => [[{}, exported_bytes]],
    ),
    durations,
  ];
}

const sumOf = (tally: Record<string, number>): number =>
  Object.values(tally).reduce((sum, count) => sum + count, 0);

function callCounters(all: MetricsFacts['totals']): Family[] {
  if (all.size === 0) return [];
  const sum = noMetrics();
  for (const { metrics } of all.values()) addMetrics(sum, metrics);
  const calls = Object.entries(sum.calls).flatMap(([service, operations]) =>
    Object.entries(operations).flatMap(([operation, results]) =>
      Object.entries(results).map(([result, value]) => ({
        labels: { service, operation, result },
        value,
      })),
    ),
  );
  const counter = (name: string, help: string, value: number): Family => ({
    ...{ name: `phonevault_${name}`, type: 'counter', help },
    samples: [{ labels: {}, value }],
  });
  return [
    {
      ...{ name: 'phonevault_calls_total', type: 'counter' },
      help: 'Calls of settled runs, every attempt counted. refused: by a right or a fault of the request; throttled: too many calls.',
      samples: calls,
    },
    counter('call_retries_total', 'Calls that repeated an earlier one.', sum.retries),
    counter(
      'throttled_seconds_total',
      'Time spent waiting because a service refused more calls.',
      sum.throttled_ms / SECOND,
    ),
    counter(
      'function_seconds_total',
      'Time of the drives that settled runs took.',
      sum.function_ms / SECOND,
    ),
  ];
}

function limits({ phones_per_call, calls_per_minute, reads, sizes = {} }: Limits): Family {
  const values: [string, number][] = [
    ['phones_per_call', phones_per_call],
    ['calls_per_minute', calls_per_minute],
    ['reads_per_minute', reads.calls_per_minute],
    ...Object.entries(sizes).map(([call, own]): [string, number] => [
      `phones_per_${call}`,
      own.phones_per_call,
    ]),
  ];
  return {
    ...{ name: 'phonevault_limit', type: 'gauge' },
    help: 'The learned limits of CPH: phones in a call, and calls in a minute.',
    samples: values.map(([name, value]) => ({ labels: { name }, value })),
  };
}
