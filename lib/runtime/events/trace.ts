import type { Lookup } from '../../ledger/hints/hints.ts';
import { timeOf } from './timer-event.ts';
import { isId, namedIds } from './named-ids.ts';
import { parseText } from './parse-text.ts';
import { digest, hinted, ignored, type Reading } from './reading.ts';
import type { Trace } from './shapes.ts';

/** Purchases and resets; what else CTS records of CPH (cph_ug_0032) starts no new life of a phone. */
const CHANGES: Readonly<Record<string, Lookup['change']>> = {
  createcloudphone: 'created',
  resetcloudphone: 'reset',
};
/** How CTS spells the service is not documented. */
const SERVICE = /^(?:cph|cloud ?phone)$/i;
const PHONE_ID = /^[0-9a-f]{32}$/i;

/**
 * Reads one trace. Its id names the hint, whichever way the trace came. A trace tells of a call, not of its end: what
 * `resource_id` names (a phone, a server, an order) is not documented, so drive finds out.
 */
export function readTrace(trace: Trace, fallbackTime?: string | number | null): Reading {
  if (!SERVICE.test(trace.service_type ?? '')) return ignored('other_service');
  const name = trace.trace_name.toLowerCase();
  const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
  if (change === undefined) return ignored('other_trace');
  if (hasFailed(trace)) return ignored('failed_trace');

  const { phones, servers, orders, refused } = namedIds(trace.request, trace.response);
  const resource = isId(trace.resource_id) ? trace.resource_id : undefined;
  const known = [...phones, ...servers, ...refused];
  const others = known.length === 0 ? orders : [];
  if (resource !== undefined && !known.includes(resource) && !others.includes(resource)) {
    // Beside ids from the call itself only what is sure to be one more phone counts.
    if (known.length + others.length === 0 || PHONE_ID.test(resource)) others.push(resource);
  }
  // Resets leave no mark in the list of phones: one that names nothing cannot be looked for.
  const named = phones.length + servers.length + others.length + refused.length;
  if (change === 'reset' && named === 0) return ignored('nothing_named');
  if (refused.length > 0 && phones.length + others.length === 0) return ignored('failed_trace');

  const at = traceTime(trace.time) ?? traceTime(trace.record_time) ?? traceTime(fallbackTime);
  const lookup = { change, ...(at === undefined ? {} : { at }), phones, servers, others };
  return hinted('trace', trace.trace_id || digest(JSON.stringify([name, lookup])), lookup);
}

/** `trace_status` and `trace_rating` are `normal` for calls that went well. */
function hasFailed({ trace_status, trace_rating, code, response }: Trace): boolean {
  const bad = [trace_status, trace_rating].some((word) =>
    /^(?:warning|incident)$/i.test(word ?? ''),
  );
  const answer = parseText(response);
  const error =
    typeof answer === 'object' && answer !== null && 'error_code' in answer && answer.error_code;
  return bad || Number(code ?? 0) >= 400 || (typeof error === 'string' && error !== '');
}

/** Epoch ms of a trace's time: ms, seconds, or a text such as `2018/06/26 08:54:07 GMT+08:00`. */
function traceTime(value: string | number | null | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return timeOf(value);
  const dashes = value.replace(/^(\d{4})\/(\d\d)\/(\d\d)/, '$1-$2-$3');
  return timeOf(dashes.replace(/(?:GMT|UTC)(?=[+-]\d)/i, ''));
}
