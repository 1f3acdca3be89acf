import * as z from 'zod';

// Like the other services, this one leaves out, nulls or empties what is not set.
const word = z
  .unknown()
  .optional()
  .transform((value) =>
    typeof value === 'string' && value !== '' ? value.slice(0, 1_024) : undefined,
  );
const whole = z
  .unknown()
  .optional()
  .transform((value) => (Number.isSafeInteger(value) ? (value as number) : undefined));
const record = z.record(z.string(), z.unknown());

/** User data is JSON within JSON. What is no text in it is left out. */
const userData = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    try {
      const parsed = record.safeParse(JSON.parse(String(value)));
      const pairs = Object.entries(parsed.data ?? {});
      return Object.fromEntries(
        pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      );
    } catch {
      return {};
    }
  });

/** The parts of a function's configuration that matter here (functiongraph_06_0111). */
export const functionReply = z
  .object({
    runtime: word,
    handler: word,
    /** Seconds. */
    timeout: whole,
    xrole: word,
    user_data: userData,
    strategy_config: z.object({ concurrency: whole }).nullish(),
  })
  .refine(({ runtime, handler }) => runtime !== undefined && handler !== undefined)
  .transform(({ strategy_config, ...rest }) => ({
    ...rest,
    /** Instances at once; undefined when it is not told. */
    max_instances: strategy_config?.concurrency,
  }));

export type FunctionConfig = z.infer<typeof functionReply>;

const destination = z.object({ destination: word, param: word }).nullish();

/** How asynchronous invocations are treated (functiongraph_06_0144). */
export const asyncReply = z
  .object({
    max_async_retry_attempts: whole,
    max_async_event_age_in_seconds: whole,
    destination_config: z.object({ on_failure: destination }).nullish(),
  })
  .transform(({ destination_config, ...rest }) => ({
    ...rest,
    on_failure: destination_config?.on_failure ?? undefined,
  }));

export type AsyncConfig = z.infer<typeof asyncReply>;

const trigger = z.object({
  trigger_type_code: z.string().max(64),
  trigger_status: word,
  event_data: record.catch({}),
});

export type Trigger = z.infer<typeof trigger>;

/** A bare array (functiongraph_06_0124). */
export const triggersReply = z.array(trigger);
