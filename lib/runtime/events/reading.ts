import { sha256hex } from '../../ledger/store/digest.ts';
import { type Lookup, MAX_NAMED, type NamedLookup } from '../../ledger/hints/hints.ts';

/** Why an event, or a part of one, asks for nothing. */
export type IgnoredReason =
  | 'not_json'
  | 'unknown_shape'
  | 'too_deep'
  | 'too_many_records'
  | 'too_many_ids'
  | 'other_service' // a trace of a service other than CPH
  | 'other_trace' // a call that neither creates nor resets phones
  | 'failed_trace' // a call that CPH refused
  | 'other_event' // of a timer, of OBS through EventGrid, of a queue
  | 'object_created'
  | 'own_notification' // what we told the topic ourselves
  | 'nothing_named' // a message without an id or a policy
  | 'invocation_succeeded'
  | 'failed_again'; // the event of an invocation that failed for the message of one that had failed before

/** What an event comes to: hints to drop, and what of it was ignored. */
export type Reading = { hints: NamedLookup[]; ignored: IgnoredReason[] };

export function ignored(reason: IgnoredReason): Reading {
  return { hints: [], ignored: [reason] };
}

/** One hint under an id of its source's, which may be any text. */
export function hinted(source: 'trace' | 'message', id: string, lookup: Lookup): Reading {
  const named = lookup.phones.length + lookup.servers.length + lookup.others.length;
  if (named > MAX_NAMED) return ignored('too_many_ids');
  return { hints: [{ id: `${source}-${safe(id)}`, lookup }], ignored: [] };
}

export function joined(readings: Reading[]): Reading {
  return {
    hints: readings.flatMap(({ hints }) => hints),
    ignored: readings.flatMap((reading) => reading.ignored),
  };
}

export function digest(text: string): string {
  return sha256hex(text).slice(0, 32);
}

/** An id fit for a key: as it is where it can be, so that a person may look for it. */
function safe(id: string): string {
  return /^[A-Za-z0-9-]{1,64}$/.test(id) ? id.toLowerCase() : digest(id);
}
