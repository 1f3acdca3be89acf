import * as z from 'zod';
import { integer, record, text } from './request/fields.ts';

/** User data is JSON within JSON. Values that are not texts are dropped. */
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

/** The parts of a function's configuration that are read here (functiongraph_06_0111). */
export const functionReply = z
  .object({
    runtime: text,
    handler: text,
    /** Seconds. */
    timeout: integer,
    xrole: text,
    user_data: userData,
    strategy_config: z.object({ concurrency: integer }).nullish(),
  })
  .refine(({ runtime, handler }) => runtime !== undefined && handler !== undefined)
  .transform(({ strategy_config, ...rest }) => ({
    ...rest,
    /** Instances at once; undefined when the service does not say. */
    max_instances: strategy_config?.concurrency,
  }));

export type FunctionConfig = z.infer<typeof functionReply>;

const destination = z.object({ destination: text, param: text }).nullish();

/** The settings of asynchronous invocations (functiongraph_06_0144). */
export const asyncReply = z
  .object({
    max_async_retry_attempts: integer,
    max_async_event_age_in_seconds: integer,
    destination_config: z.object({ on_failure: destination }).nullish(),
  })
  .transform(({ destination_config, ...rest }) => ({
    ...rest,
    on_failure: destination_config?.on_failure ?? undefined,
  }));

export type AsyncConfig = z.infer<typeof asyncReply>;

const trigger = z
  .object({
    trigger_type_code: z.string().max(64),
    trigger_status: text,
    event_data: record.catch({}),
  })
  .transform(({ trigger_status, ...rest }) => ({
    ...rest,
    enabled: trigger_status !== 'DISABLED',
  }));

export type Trigger = z.infer<typeof trigger>;

/** A bare array (functiongraph_06_0124). */
export const triggersReply = z.array(trigger);
