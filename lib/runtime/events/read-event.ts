import { parseMessageObject, parseMessageText } from './message.ts';
import { parseText } from './parse-text.ts';
import { digest, ignore, merge, type ParsedEvent } from './parsed-event.ts';
import * as shapes from './shapes.ts';
import { parseTrace } from './trace.ts';

const MAX_DEPTH = 6;
const MAX_RECORDS = 100;

/** What an event was wrapped in. */
type Envelope = {
  depth: number;
  /** Inside the report of an invocation that failed. */
  failed: boolean;
  /** Directly inside a message: it may name phones in any form. */
  messageId?: string;
  time?: string | number | null;
  /** How CTS spells CPH here, if in none of the usual ways. */
  serviceType?: string;
};

/**
 * Returns the hints in an event of any trigger: a CTS trace, an EventGrid event, SMN's records, objects created in OBS, or
 * FunctionGraph's report of an asynchronous invocation. Never throws: an unreadable event is ignored with a reason, because
 * the platform would only deliver it again. An event that is too large is ignored as a whole.
 */
export function readEvent(event: unknown, serviceType?: string): ParsedEvent {
  return parseEvent(event, {
    depth: 0,
    failed: false,
    ...(serviceType === undefined ? {} : { serviceType }),
  });
}

function parseEvent(event: unknown, envelope: Envelope): ParsedEvent {
  const { depth, messageId } = envelope;
  if (depth > MAX_DEPTH) return ignore('too_deep');
  const value = parseText(event);
  if (typeof value === 'string') {
    return messageId === undefined ? ignore('not_json') : parseMessageText(value, messageId);
  }
  if (typeof value !== 'object' || value === null) return ignore('unknown_shape');
  // Before all others: a notification names a policy and phones, but must start nothing.
  if (shapes.ownNotificationSchema.safeParse(value).success) return ignore('own_notification');

  for (const [field, parse] of PARSERS) {
    if (Object.hasOwn(value, field)) return parse(value, { ...envelope, depth: depth + 1 });
  }
  if (FIELDS_OF_OTHERS.some((field) => Object.hasOwn(value, field))) return ignore('other_event');
  return messageId === undefined ? ignore('unknown_shape') : parseMessageObject(value, messageId);
}

/** Each kind of event, by the field that only it has. */
const PARSERS: readonly [string, (event: object, envelope: Envelope) => ParsedEvent][] = [
  ['cts', parseCts],
  ['trace_name', parseBareTrace],
  ['specversion', parseCloudEvent],
  ['record', parseSmn],
  ['Records', parseObs],
  ['request_payload', parseInvocation],
];

/** Fields of timers, logs and queues. */
const FIELDS_OF_OTHERS = ['trigger_type', 'lts', 'ShardID', 'records', 'httpMethod'];

function parseCts(event: object, envelope: Envelope): ParsedEvent {
  const { data } = shapes.ctsEventSchema.safeParse(event);
  return data === undefined ? ignore('unknown_shape') : parseTrace(data.cts, envelope);
}

function parseBareTrace(event: object, envelope: Envelope): ParsedEvent {
  const { data } = shapes.traceSchema.safeParse(event);
  return data === undefined ? ignore('unknown_shape') : parseTrace(data, envelope);
}

function parseCloudEvent(event: object, envelope: Envelope): ParsedEvent {
  const { data } = shapes.cloudEventSchema.safeParse(event);
  if (data === undefined) return ignore('unknown_shape');
  if (/^HC\.OBS/i.test(data.source)) return ignore('object_created');
  return parseEvent(data.data, { ...contentOf(envelope), time: data.time ?? null });
}

function parseSmn(event: object, envelope: Envelope): ParsedEvent {
  const { data } = shapes.looseSmnEventSchema.safeParse(event);
  if (data === undefined) return ignore('unknown_shape');
  if (data.record.length > MAX_RECORDS) return ignore('too_many_records');
  if (data.record.length === 0) return ignore('nothing_named');
  return merge(data.record.map((record) => parseSmnRecord(record, envelope)));
}

function parseSmnRecord(record: unknown, envelope: Envelope): ParsedEvent {
  const { data } = shapes.smnRecordSchema.safeParse(record);
  if (data === undefined) return ignore('unknown_shape');
  const { message, message_id: id, message_attributes: attributes } = data.smn;
  if (isOwnKind(attributes)) return ignore('own_notification');
  return parseEvent(message, { ...contentOf(envelope), messageId: id || digest(message) });
}

/** True for the attributes of our notifications, as a list of names and values or as an object. */
function isOwnKind(attributes: unknown): boolean {
  const list: unknown[] = Array.isArray(attributes) ? attributes : [attributes];
  return list.some((entry) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { kind, name, value } = entry as Record<string, unknown>;
    const given = name === 'kind' ? value : kind;
    return shapes.ownNotificationSchema.shape.kind.safeParse(given).success;
  });
}

function parseObs(event: object): ParsedEvent {
  const { data } = shapes.obsEventSchema.safeParse(event);
  if (data === undefined) return ignore('unknown_shape');
  if (data.Records.length === 0) return ignore('object_created');
  return merge(data.Records.map(() => ignore('object_created')));
}

/**
 * Reads the event of the invocation that failed once more. A failure inside a failure is ignored: a function that receives
 * its own failures would never stop.
 */
function parseInvocation(event: object, envelope: Envelope): ParsedEvent {
  const { data } = shapes.deliverySchema.safeParse(event);
  if (data === undefined) return ignore('unknown_shape');
  const { status_code: status, function_error: error } = data.response_context;
  if (Number(status ?? 200) === 200 && !error) return ignore('invocation_succeeded');
  if (envelope.failed) return ignore('failed_again');
  return parseEvent(data.request_payload, { ...contentOf(envelope), failed: true });
}

/** The content of an envelope is an event of its own: it is no message, and has no time of the envelope. */
function contentOf({ messageId: _id, time: _time, ...rest }: Envelope): Envelope {
  return rest;
}
