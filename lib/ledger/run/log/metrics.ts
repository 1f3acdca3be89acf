import * as z from 'zod';

const count = z.int().min(0);
const word = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/);

const results = ['ok', 'refused', 'throttled', 'failed'] as const;
export type CallResult = (typeof results)[number];

/** The calls and the time of a run. Times in ms. */
export const metricsSchema = z.object({
  calls: z
    .record(
      word,
      z.record(word, z.object({ ok: count, refused: count, throttled: count, failed: count })),
    )
    .describe('Attempts by service, operation and result.'),
  retries: count.describe('Attempts that repeated an earlier one.'),
  throttled_ms: count.describe('Time spent waiting because a service refused more calls.'),
  function_ms: count.describe('Time of the drives, split evenly between the open runs.'),
});

export type Metrics = z.infer<typeof metricsSchema>;

type Call = { service: string; operation: string; result: CallResult };

export function noMetrics(): Metrics {
  return { calls: {}, retries: 0, throttled_ms: 0, function_ms: 0 };
}

const noResults = () => ({ ok: 0, refused: 0, throttled: 0, failed: 0 });

/** Adds attempts of a call, one unless `times` is given, to the sum. */
export function addCall(sum: Metrics, { service, operation, result }: Call, times = 1): void {
  const operations = ownValue(sum.calls, service, () => ({}));
  const counts = ownValue(operations, operation, noResults);
  counts[result] += times;
}

/** A log may name a service `constructor`: an inherited property is not a value. */
function ownValue<T>(record: Record<string, T>, name: string, empty: () => T): T {
  const known = Object.hasOwn(record, name) ? record[name] : undefined;
  return known ?? (record[name] = empty());
}

/** Adds other metrics to the sum. */
export function addMetrics(sum: Metrics, { calls, retries, throttled_ms, function_ms }: Metrics) {
  for (const [service, operations] of Object.entries(calls)) {
    for (const [operation, counts] of Object.entries(operations)) {
      for (const result of results) addCall(sum, { service, operation, result }, counts[result]);
    }
  }
  sum.retries += retries;
  sum.throttled_ms += throttled_ms;
  sum.function_ms += function_ms;
}
