import { sha256hex } from '../../ledger/store/digest.ts';
import { type Lookup, MAX_IDS_PER_HINT, type NamedLookup } from '../../ledger/hints/lookup.ts';

/** Why an event, or a part of one, starts nothing. */
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
  | 'own_notification' // a notification of Phonevault itself
  | 'nothing_named' // a message without an id or a policy
  | 'invocation_succeeded'
  | 'failed_again'; // a failed invocation whose event was a failed invocation

/** The hints in an event, and why other parts of it were ignored. */
export type ParsedEvent = { hints: NamedLookup[]; ignored: IgnoredReason[] };

export function ignore(reason: IgnoredReason): ParsedEvent {
  return { hints: [], ignored: [reason] };
}

/** Returns one hint, named after the id of its source, which may be any text. */
export function hint(source: 'trace' | 'message', id: string, lookup: Lookup): ParsedEvent {
  const named = lookup.phones.length + lookup.servers.length + lookup.others.length;
  if (named > MAX_IDS_PER_HINT) return ignore('too_many_ids');
  return { hints: [{ id: `${source}-${keySafe(id)}`, lookup }], ignored: [] };
}

export function merge(events: ParsedEvent[]): ParsedEvent {
  return {
    hints: events.flatMap(({ hints }) => hints),
    ignored: events.flatMap(({ ignored }) => ignored),
  };
}

/** Returns an id for a text that comes without one. */
export function digest(text: string): string {
  return sha256hex(text).slice(0, 32);
}

/** Keeps an id that fits into a key, so that operators can search for it; hashes any other. */
function keySafe(id: string): string {
  return /^[A-Za-z0-9-]{1,64}$/.test(id) ? id.toLowerCase() : digest(id);
}
