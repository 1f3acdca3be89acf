import pLimit from 'p-limit';
import { type NamedLookup, putLookup } from '../../ledger/hints/hints.ts';
import type { RunDeps } from '../deps.ts';

const PUTS_AT_ONCE = 8;

export type EventResult = {
  /** Ids of the hints that lie in the inbox now. */
  hints: string[];
  /** How many parts of the event were ignored, by reason. */
  ignored: Record<string, number>;
};

/**
 * Puts an event's hints into the inbox, each written once, and tells what of it was ignored. Harmless when repeated; throws when
 * a hint could not be written, so that the event comes again.
 */
export async function storeHints(
  deps: Pick<RunDeps, 'log'> & { store: Pick<RunDeps['store'], 'create'> },
  reading: { hints: NamedLookup[]; ignored: string[] },
): Promise<EventResult> {
  const ignored: Record<string, number> = {};
  for (const reason of reading.ignored) ignored[reason] = (ignored[reason] ?? 0) + 1;
  for (const [reason, count] of Object.entries(ignored)) {
    deps.log.info('event_ignored', { reason, count });
  }
  const hints = new Map(reading.hints.map((hint) => [hint.id, hint]));
  const limit = pLimit(PUTS_AT_ONCE);
  await Promise.all([...hints.values()].map((hint) => limit(() => putLookup(deps.store, hint))));
  for (const { id, lookup } of hints.values()) {
    deps.log.info('hint_noted', { hint: id, change: lookup.change, policy: lookup.policy });
  }
  return { hints: [...hints.keys()], ignored };
}
