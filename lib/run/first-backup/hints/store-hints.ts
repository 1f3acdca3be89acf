import pLimit from 'p-limit';
import { type NamedLookup, putLookup } from '../../../ledger/hints/lookup.ts';
import type { RunDeps } from '../../deps.ts';

const PUTS_AT_ONCE = 8;

export type EventResult = {
  /** Ids of the stored hints. */
  hints: string[];
  /** Number of ignored parts of the event, by reason. */
  ignored: Record<string, number>;
};

/**
 * Stores the hints of an event in the inbox, each once, and logs what was ignored. Safe to repeat. Throws when a hint cannot be
 * written, so that the event is delivered again.
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
    deps.log.info('hint_stored', { hint: id, change: lookup.change, policy: lookup.policy });
  }
  return { hints: [...hints.keys()], ignored };
}
