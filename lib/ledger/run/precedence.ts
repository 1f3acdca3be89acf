import type { EventOf } from './events.ts';

const certainty = { lost: 0, failed: 1, succeeded: 2 } as const;

/** Returns the more certain result; of two equally certain ones the earlier. */
export function moreCertain(
  known: EventOf<'ended'> | undefined,
  event: EventOf<'ended'>,
): EventOf<'ended'> {
  if (known === undefined || certainty[event.result] > certainty[known.result]) return event;
  return certainty[event.result] === certainty[known.result] ? earliest(known, event) : known;
}

/** Returns the event that happened first. */
export function earliest<T extends { at: number }>(known: T | undefined, event: T): T {
  return known === undefined || isBefore(event, known) ? event : known;
}

/** Returns the event that happened last. */
export function latest<T extends { at: number }>(known: T | undefined, event: T): T {
  return known === undefined || isBefore(known, event) ? event : known;
}

/** Orders events of the same millisecond by their content, so that all readers agree. */
function isBefore<T extends { at: number }>(one: T, other: T): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return JSON.stringify(one) < JSON.stringify(other);
}

/** Adds an event to a sorted list. Of events with the same time and code one is kept, the same whatever their order. */
export function addOnce<T extends { at: number; code: string }>(list: T[], event: T): void {
  const same = list.findIndex((known) => known.at === event.at && known.code === event.code);
  if (same < 0) list.push(event);
  else list[same] = earliest(list[same], event);
  list.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}
