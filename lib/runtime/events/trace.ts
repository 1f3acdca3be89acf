import type { Lookup } from '../../ledger/hints/lookup.ts';
import { isId, namedIds } from './named-ids.ts';
import { parseText } from './parse-text.ts';
import { digest, hint, ignore, type ParsedEvent } from './parsed-event.ts';
import type { Trace } from './shapes.ts';
import { timeOf } from './time.ts';

/** Purchases and resets. No other call that CTS records of CPH (cph_ug_0032) starts a generation of a phone. */
const CHANGES: Readonly<Record<string, Lookup['change']>> = {
  createcloudphone: 'created',
  resetcloudphone: 'reset',
};
/** The documents do not say how CTS spells the service. */
const SERVICE = /^(?:cph|cphost|cloud[ _-]?phone(?:[ _-]?host)?)$/i;
type Time = string | number | null;
const PHONE_ID = /^[0-9a-f]{32}$/i;

/**
 * Returns the hint in one trace, named after the trace's id in whatever form the trace came. A trace reports a call, not its
 * end. The documents do not say whether `resource_id` is a phone, a server or an order, so drive finds out.
 * `serviceType`: how CTS spells CPH here, if in none of the usual ways.
 */
export function parseTrace(
  trace: Trace,
  { serviceType, time: fallbackTime }: { serviceType?: string; time?: Time } = {},
): ParsedEvent {
  if (!isOfCph(trace, serviceType)) return ignore('other_service');
  const name = trace.trace_name.toLowerCase();
  const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
  if (change === undefined) return ignore('other_trace');
  if (hasFailed(trace)) return ignore('failed_trace');

  const { refused, ...named } = subjectsOf(trace);
  const count = named.phones.length + named.servers.length + named.others.length;
  // The list of phones does not show resets, so a reset without an id cannot be looked up.
  if (change === 'reset' && count + refused === 0) return ignore('nothing_named');
  if (refused > 0 && named.phones.length + named.others.length === 0) return ignore('failed_trace');

  const at = traceTime(trace.time) ?? traceTime(trace.record_time) ?? traceTime(fallbackTime);
  const lookup = { change, ...(at === undefined ? {} : { at }), ...named };
  return hint('trace', trace.trace_id || digest(JSON.stringify([name, lookup])), lookup);
}

function isOfCph({ service_type }: Trace, own: string | undefined): boolean {
  const service = service_type ?? '';
  return SERVICE.test(service) || service.toLowerCase() === own?.toLowerCase();
}

/** The ids that the call and the trace name, and how many phones the call was refused for. */
function subjectsOf({ request, response, resource_id: resource }: Trace) {
  const { phones, servers, orders, refused } = namedIds(request, response);
  const fromCall = [...phones, ...servers, ...refused];
  const others = fromCall.length === 0 ? orders : [];
  const isNew = isId(resource) && !fromCall.includes(resource) && !others.includes(resource);
  // When the call names ids, the resource counts only if it is certainly one more phone.
  if (isNew && (fromCall.length + others.length === 0 || PHONE_ID.test(resource))) {
    others.push(resource);
  }
  return { phones, servers, others, refused: refused.length };
}

/** True unless `trace_status` and `trace_rating` are `normal`, and the call was not refused. */
function hasFailed({ trace_status, trace_rating, code, response }: Trace): boolean {
  const isBad = [trace_status, trace_rating].some((word) =>
    /^(?:warning|incident)$/i.test(word ?? ''),
  );
  const body = parseText(response);
  if (isBad || Number(code ?? 0) >= 400) return true;
  if (typeof body !== 'object' || body === null) return false;
  const { error_code: error, status } = body as Record<string, unknown>;
  const saysFailed =
    typeof status === 'number'
      ? status < 0 || status >= 400
      : /^fail(?:ed|ure)?$|^error$/i.test(String(status));
  return saysFailed || (typeof error === 'string' && error !== '');
}

/** Reads a trace's time as epoch ms: ms, seconds, or a text such as `2018/06/26 08:54:07 GMT+08:00`. */
function traceTime(value: string | number | null | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return timeOf(value);
  const dashes = value.replace(/^(\d{4})\/(\d\d)\/(\d\d)/, '$1-$2-$3');
  return timeOf(dashes.replace(/(?:GMT|UTC)(?=[+-]\d)/i, ''));
}
