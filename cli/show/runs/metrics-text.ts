import type { Metrics } from '../../../lib/ledger/run/log/metrics.ts';
import { duration } from '../../text/time.ts';
import type { Fact } from '../../text/facts.ts';

/** Returns what a run cost: its calls by service, with unsuccessful ones apart, and its times. */
export function metricsFacts(metrics: Metrics | null): Fact[] {
  if (metrics === null) return [];
  const calls = Object.entries(metrics.calls).map(([service, operations]) => {
    const sum = { ok: 0, refused: 0, throttled: 0, failed: 0 };
    for (const counts of Object.values(operations)) {
      sum.ok += counts.ok;
      sum.refused += counts.refused;
      sum.throttled += counts.throttled;
      sum.failed += counts.failed;
    }
    const { ok, ...rest } = sum;
    const all = ok + rest.refused + rest.throttled + rest.failed;
    const unsuccessful = Object.entries(rest).filter(([, count]) => count > 0);
    const why = unsuccessful.map(([word, count]) => `${count} ${word}`).join(', ');
    return `${service.toUpperCase()} ${all}${why === '' ? '' : ` (${why})`}`;
  });
  const { retries, throttled_ms, function_ms } = metrics;
  const times = [
    `${duration(function_ms)} function time`,
    ...(throttled_ms === 0 ? [] : [`${duration(throttled_ms)} throttled`]),
  ];
  const again = retries === 0 ? [] : [`${retries} retried`];
  return [
    ['calls', calls.length === 0 ? undefined : [...calls, ...again].join(', ')],
    ['time', function_ms === 0 ? undefined : times.join(', ')],
  ];
}
