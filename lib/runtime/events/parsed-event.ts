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

/** For 50,000 ids: FunctionGraph delivers no event that names more. */
const MAX_HINTS = 50;

/** The hints in an event, and why other parts of it were ignored. */
export type ParsedEvent = { hints: NamedLookup[]; ignored: IgnoredReason[] };

export function ignore(reason: IgnoredReason): ParsedEvent {
  return { hints: [], ignored: [reason] };
}

/** Returns hints named after the id of their source, which may be any text: one for every 1,000 ids. */
export function hint(source: 'trace' | 'message', id: string, lookup: Lookup): ParsedEvent {
  const { phones, servers, others } = lookup;
  const named = Object.entries({ phones, servers, others }).flatMap(([kind, ids]) =>
    ids.map((one) => [kind, one] as const),
  );
  const count = Math.max(1, Math.ceil(named.length / MAX_IDS_PER_HINT));
  if (count > MAX_HINTS) return ignore('too_many_ids');
  const hints = Array.from({ length: count }, (_, index): NamedLookup => {
    const own = named.slice(index * MAX_IDS_PER_HINT, (index + 1) * MAX_IDS_PER_HINT);
    const of = (kind: string): string[] => own.flatMap(([its, one]) => (its === kind ? [one] : []));
    return {
      id: `${source}-${keySafe(id)}${index === 0 ? '' : `-${index + 1}`}`,
      lookup: { ...lookup, phones: of('phones'), servers: of('servers'), others: of('others') },
    };
  });
  return { hints, ignored: [] };
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
