import { readNamingObject, readNamingText } from './message.ts';
import { parseText } from './parse-text.ts';
import { digest, ignored, joined, type Reading } from './reading.ts';
import * as shapes from './shapes.ts';
import { readTrace } from './trace.ts';

const DEPTH = 6;
const MAX_RECORDS = 100;

/** How an event came to us: what it was wrapped in matters to what it may ask for. */
type Way = { depth: number; failed: boolean; messageId?: string; time?: string | number | null };

/**
 * Reads an event of any trigger: a CTS trace, wrapped or not, an EventGrid event, SMN's records, objects created in OBS, or
 * what FunctionGraph tells a destination of an invocation that failed. Never throws: what cannot be read is ignored and
 * says why, since the platform would only bring it again. An event is taken whole or not at all where it is too large.
 */
export function readEvent(event: unknown): Reading {
  return read(event, { depth: 0, failed: false });
}

function read(given: unknown, way: Way): Reading {
  if (way.depth > DEPTH) return ignored('too_deep');
  const value = parseText(given);
  if (typeof value === 'string') {
    return way.messageId === undefined ? ignored('not_json') : readNamingText(value, way.messageId);
  }
  if (typeof value !== 'object' || value === null) return ignored('unknown_shape');
  for (const reader of READERS) {
    const reading = reader(value, { ...way, depth: way.depth + 1 });
    if (reading !== undefined) return reading;
  }
  const other = FIELDS_OF_OTHERS.some((name) => Object.hasOwn(value, name));
  if (other) return ignored('other_event');
  return way.messageId === undefined
    ? ignored('unknown_shape')
    : readNamingObject(value, way.messageId);
}

/** Timers, logs, queues. */
const FIELDS_OF_OTHERS = ['trigger_type', 'lts', 'ShardID', 'records', 'httpMethod'];

type Reader = (value: object, way: Way) => Reading | undefined;

const READERS: readonly Reader[] = [
  // Before all others: a notification names a policy and phones, and must start nothing.
  (value) =>
    shapes.ownNotificationSchema.safeParse(value).success ? ignored('own_notification') : undefined,

  (value, way) => when(value, 'cts', shapes.ctsEventSchema, ({ cts }) => readTrace(cts, way.time)),

  (value, way) =>
    when(value, 'trace_name', shapes.traceSchema, (trace) => readTrace(trace, way.time)),

  (value, way) =>
    when(value, 'specversion', shapes.cloudEventSchema, ({ source, time, data }) =>
      /^HC\.OBS/i.test(source)
        ? ignored('object_created')
        : read(data, { ...envelope(way), time: time ?? null }),
    ),

  (value, way) =>
    when(value, 'record', shapes.looseSmnEventSchema, ({ record }) =>
      record.length > MAX_RECORDS
        ? ignored('too_many_records')
        : record.length === 0
          ? ignored('nothing_named')
          : joined(record.map((one) => readRecord(one, way))),
    ),

  (value) =>
    when(value, 'Records', shapes.obsEventSchema, ({ Records }) => ({
      hints: [],
      ignored: Records.length === 0 ? ['object_created'] : Records.map(() => 'object_created'),
    })),

  (value, way) =>
    when(value, 'request_payload', shapes.deliverySchema, (delivery) =>
      readDelivery(delivery, way),
    ),
];

/** Reads an object that has `field`, and so claims to be of a kind; undefined when it does not. */
function when<T>(
  value: object,
  field: string,
  schema: { safeParse(input: unknown): { success: boolean; data?: T } },
  use: (parsed: T) => Reading,
): Reading | undefined {
  if (!Object.hasOwn(value, field)) return undefined;
  const { data } = schema.safeParse(value);
  return data === undefined ? ignored('unknown_shape') : use(data);
}

/** An envelope's content is an event of its own: a message's freedom of form ends there. */
function envelope({ depth, failed }: Way): Way {
  return { depth, failed };
}

function readRecord(record: unknown, way: Way): Reading {
  const { data } = shapes.smnRecordSchema.safeParse(record);
  return data === undefined ? ignored('unknown_shape') : readMessage(data.smn, way);
}

function readMessage(smn: shapes.SmnMessage, way: Way): Reading {
  if (isOwn(smn.message_attributes)) return ignored('own_notification');
  return read(smn.message, { ...envelope(way), messageId: smn.message_id || digest(smn.message) });
}

/** Attributes come as a list of names and values or as an object; ours carry the kind of news. */
function isOwn(attributes: unknown): boolean {
  const list: unknown[] = Array.isArray(attributes) ? attributes : [attributes];
  return list.some((entry) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { kind, name, value } = entry as Record<string, unknown>;
    const told = name === 'kind' ? value : kind;
    return shapes.ownNotificationSchema.shape.kind.safeParse(told).success;
  });
}

/**
 * The event that failed comes back inside the message about it and is read once more. A failure inside a failure is left
 * alone: a function that is told of its own failures would go on for ever.
 */
function readDelivery({ request_payload, response_context }: shapes.Delivery, way: Way): Reading {
  const { status_code: status, function_error: error } = response_context;
  if (Number(status ?? 200) === 200 && !error) return ignored('invocation_succeeded');
  if (way.failed) return ignored('failed_again');
  return read(request_payload, { ...envelope(way), failed: true });
}
