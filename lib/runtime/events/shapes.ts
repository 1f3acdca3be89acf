import * as z from 'zod';
import type { Notification } from '../../run/notify/message/notification.ts';

// The events of the services, stripped to the fields that are read. Sources: functiongraph_01_0209 (CTS),
// functiongraph_02_0102 (SMN, OBS), functiongraph_01_0390_03 (result of an asynchronous invocation).

const short = z.string().max(256).nullish();
const moment = z.union([z.string().max(64), z.number()]).nullish();

/** CTS's record of one call. `request` and `response` are objects or their JSON text. */
export const traceSchema = z.object({
  trace_name: z.string().min(1).max(256),
  trace_id: short,
  trace_type: short,
  trace_status: short,
  trace_rating: short,
  service_type: short,
  resource_type: short,
  resource_id: short,
  resource_name: short,
  time: moment,
  record_time: moment,
  code: z.union([z.string().max(64), z.number()]).nullish(),
  request: z.unknown().optional(),
  response: z.unknown().optional(),
});

export const ctsEventSchema = z.object({ cts: traceSchema });

/** EventGrid, CloudEvents 1.0. */
export const cloudEventSchema = z.object({
  specversion: z.string().max(16),
  id: z.string().max(256),
  source: z.string().max(256),
  type: z.string().max(256),
  subject: z.string().max(512).nullish(),
  time: moment,
  data: z.unknown().optional(),
});

const smnSchema = z.object({
  topic_urn: z.string().max(512).nullish(),
  message_id: short,
  subject: z.string().nullish(),
  message: z.string(),
  message_attributes: z.unknown().optional(),
});

export const smnRecordSchema = z.object({ smn: smnSchema });

export const smnEventSchema = z.object({ record: z.array(smnRecordSchema) });

/** For reading the records one by one, so that a broken one does not affect the others. */
export const looseSmnEventSchema = z.object({ record: z.array(z.unknown()) });

export const obsEventSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string().max(256),
      s3: z.object({
        bucket: z.object({ name: z.string().max(256) }),
        object: z.object({ key: z.string().max(4096), size: z.number().nullish() }),
      }),
    }),
  ),
});

/** FunctionGraph's report to a destination of an asynchronous invocation. */
export const deliverySchema = z.object({
  request_context: z.object({
    request_id: short,
    function_urn: short,
    approximate_invoke_count: z.number().nullish(),
  }),
  request_payload: z.unknown().optional(),
  response_context: z.object({
    status_code: z.union([z.string().max(16), z.number()]).nullish(),
    function_error: z.string().nullish(),
  }),
  response_payload: z.unknown().optional(),
});

// The compiler demands each kind here.
const kinds: Record<Notification['kind'], true> = {
  settled: true,
  restore: true,
  drill: true,
  missed: true,
  stale: true,
  recovered: true,
  credentials: true,
  unreadable: true,
  heartbeat: true,
  prune: true,
};

/** One of our notifications. */
export const ownNotificationSchema = z.object({
  version: z.number(),
  id: z.string(),
  kind: z.string().refine((kind) => Object.hasOwn(kinds, kind)),
});

export type Trace = z.infer<typeof traceSchema>;
