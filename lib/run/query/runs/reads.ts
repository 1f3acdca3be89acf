import type { EventOf, RunEvent } from '../../../ledger/run/events.ts';
import type { RunView } from '../schemas/run.ts';

const MAX_LISTED = 50;

/** Returns what came of reading archives of a run to their end; nothing for a run of which none was read. Pure. */
export function readsOf(events: readonly RunEvent[]): Pick<RunView, 'read'> {
  const ended = events.find((event) => event.type === 'read_ended');
  // Two drives may have read the same archive.
  const byPhone = new Map<string, EventOf<'read'>>();
  for (const event of events) {
    if (event.type === 'read' && !byPhone.has(event.phone_id)) byPhone.set(event.phone_id, event);
  }
  const reads = [...byPhone.values()];
  if (ended === undefined && reads.length === 0) return {};
  const sum = (field: 'entries' | 'bytes'): number =>
    reads.reduce((total, event) => total + (event[field] ?? 0), 0);
  const isBad = ({ result }: EventOf<'read'>): boolean => result !== 'ok';
  const problems = [
    ...reads.filter(isBad),
    ...reads.filter((event) => !isBad(event) && event.absent !== undefined),
  ];
  return {
    read: {
      chosen: ended?.chosen ?? null,
      read: reads.length,
      unreadable: reads.filter(isBad).length,
      ...{ entries: sum('entries'), bytes: sum('bytes') },
      problems: problems.slice(0, MAX_LISTED).map(({ phone_id, result, absent, message }) => ({
        ...{ phone_id, result },
        ...(absent === undefined ? {} : { absent }),
        ...(message === undefined ? {} : { message }),
      })),
    },
  };
}
