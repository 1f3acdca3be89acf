import * as z from 'zod';

const count = z.int().min(0);
const word = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/);

const results = ['ok', 'refused', 'throttled', 'failed'] as const;
export type CallResult = (typeof results)[number];

/** What a run has cost. Times in ms. */
export const metricsSchema = z.object({
  /** By service and operation: every try counts. */
  calls: z
    .record(
      word,
      z.record(word, z.object({ ok: count, refused: count, throttled: count, failed: count })),
    )
    .describe('Tries by service, operation and result.'),
  retries: count.describe('Tries that repeated an earlier one.'),
  throttled_ms: count.describe('Time waited because a service would not take more calls.'),
  function_ms: count.describe('Time of drives, shared evenly by the runs that were open.'),
});

export type Metrics = z.infer<typeof metricsSchema>;

export function noMetrics(): Metrics {
  return { calls: {}, retries: 0, throttled_ms: 0, function_ms: 0 };
}

/** Adds one try of a call to the sum. */
export function addCall(
  sum: Metrics,
  service: string,
  operation: string,
  result: CallResult,
  times = 1,
): void {
  const own = ownOf(sum.calls, service, () => ({}));
  const known = ownOf(own, operation, () => ({ ok: 0, refused: 0, throttled: 0, failed: 0 }));
  known[result] += times;
}

/** The log may name a service `constructor`: what every object inherits is none of the sum's. */
function ownOf<T>(record: Record<string, T>, name: string, empty: () => T): T {
  const known = Object.hasOwn(record, name) ? record[name] : undefined;
  return known ?? (record[name] = empty());
}

/** Adds other metrics to the sum. */
export function addMetrics(sum: Metrics, { calls, retries, throttled_ms, function_ms }: Metrics) {
  for (const [service, operations] of Object.entries(calls)) {
    for (const [operation, counts] of Object.entries(operations)) {
      for (const result of results) addCall(sum, service, operation, result, counts[result]);
    }
  }
  sum.retries += retries;
  sum.throttled_ms += throttled_ms;
  sum.function_ms += function_ms;
}
