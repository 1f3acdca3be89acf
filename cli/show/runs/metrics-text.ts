import type { Metrics } from '../../../lib/ledger/run/log/metrics.ts';
import { duration } from '../../text/time.ts';
import type { Io } from '../../io/io.ts';
import type { Fact } from '../../text/facts.ts';
import { wordsOf } from '../../words/words.ts';

/** Returns what a run cost: its calls by service, with unsuccessful ones apart, and its times. */
export function metricsFacts(io: Pick<Io, 'language'>, metrics: Metrics | null): Fact[] {
  if (metrics === null) return [];
  const { run: words, common } = wordsOf(io);
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
    const why = (['refused', 'throttled', 'failed'] as const)
      .filter((word) => rest[word] > 0)
      .map((word) => `${rest[word]} ${words.callResults[word]}`)
      .join(common.comma);
    return `${service.toUpperCase()} ${all}${why === '' ? '' : common.note(why)}`;
  });
  const { retries, throttled_ms, function_ms } = metrics;
  const times = [
    words.functionTime(duration(function_ms, io.language)),
    ...(throttled_ms === 0 ? [] : [words.throttledTime(duration(throttled_ms, io.language))]),
  ];
  const again = retries === 0 ? [] : [words.retried(retries)];
  return [
    [words.labels.calls, calls.length === 0 ? undefined : [...calls, ...again].join(common.comma)],
    [words.labels.time, function_ms === 0 ? undefined : times.join(common.comma)],
  ];
}
