import pLimit from 'p-limit';
import * as z from 'zod';
import type { RunEvent } from '../../../ledger/run/events.ts';
import { FIRST_HOOK } from '../../../ledger/run/run-state.ts';
import { layout } from '../../../ledger/store/layout.ts';
import { readLog } from '../../../ledger/run/log/log.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { isUnreadable, listFolder, type ObjectError } from '../../../ledger/store/object-error.ts';
import { instantOf } from '../schemas/object.ts';
import { type ExportCall, type LogLine } from '../schemas/run.ts';
import { problemOf } from '../unreadable.ts';

const READS_AT_ONCE = 16;

type Reading = Pick<Store, 'get' | 'list'>;

export type ReadEvents = {
  events: RunEvent[];
  /** Entries that cannot be read, and when they were written (epoch ms). */
  unreadable: { at: number; error: ObjectError }[];
};

/** Returns all events of a run's log by time. An entry that is invalid or newer than this version is listed as unreadable. Throws ObjectError for the log as a whole. */
export async function readEvents(store: Reading, runId: string): Promise<ReadEvents> {
  const limit = pLimit(READS_AT_ONCE);
  const unreadable: ReadEvents['unreadable'] = [];
  const listed = await listFolder(store, layout.log(runId));
  const entries = await Promise.all(
    listed.map((entry) =>
      limit(async () => {
        const single: Reading = { get: (key) => store.get(key), list: async () => [entry] };
        try {
          return await readLog(single, runId);
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          unreadable.push({ at: entry.lastModified, error });
          return [];
        }
      }),
    ),
  );
  return { events: entries.flat().sort((a, b) => a.at - b.at), unreadable };
}

/** Returns a log as lines, oldest first. An unreadable entry is a line of type `unreadable`. Pure. */
export function logLines({ events, unreadable }: ReadEvents): LogLine[] {
  const gaps = unreadable.map(({ at, error }) => ({ at, type: 'unreadable', ...problemOf(error) }));
  return [...events, ...gaps]
    .sort((a, b) => a.at - b.at)
    .map((event) => ({ ...event, at: instantOf(event.at) }));
}

const sentSchema = z.object({
  at: z.string(),
  type: z.enum(['accepted', 'refused', 'outcome_unknown']),
  phone_id: z.string(),
  attempt: z.number(),
  request_id: z.string().optional(),
});

type Sent = z.infer<typeof sentSchema>;
type Call = Pick<ExportCall, 'at' | 'request_id'> & { results: Map<string, Sent['type']> };

/**
 * Returns the export calls of a log, oldest first; `at` is the time of the response. Events without a request id (a refusal, a
 * lost response) belong to the call of the same moment. A job found later moves its phone from `outcome_unknown` to
 * `accepted`. Throttled calls, and calls of a killed drive that was able to write nothing, are not in the log. Pure.
 */
export function exportCalls(lines: readonly LogLine[]): ExportCall[] {
  const calls: Call[] = [];
  const byRequest = new Map<string, Call>();
  for (const line of lines) {
    const event = sentSchema.safeParse(line).data;
    // The commands of hooks are no exports.
    if (event === undefined || event.attempt >= FIRST_HOOK) continue;
    const id = event.request_id || undefined;
    const call = byRequest.get(id ?? '') ?? callAt(calls, event.at, id);
    if (id !== undefined) {
      call.request_id = id;
      byRequest.set(id, call);
    }
    const attempt = `${event.phone_id} ${event.attempt}`;
    if (call.results.get(attempt) !== 'accepted') call.results.set(attempt, event.type);
  }
  return calls.map(({ at, request_id, results }) => {
    const count = (type: Sent['type']): number =>
      [...results.values()].filter((other) => other === type).length;
    return {
      at,
      request_id,
      phones: results.size,
      accepted: count('accepted'),
      refused: count('refused'),
      outcome_unknown: count('outcome_unknown'),
    };
  });
}

/** Returns the last call, when its response came at this moment and its request id fits; else a new one. */
function callAt(calls: Call[], at: string, id: string | undefined): Call {
  const last = calls.at(-1);
  if (last?.at === at && (id === undefined || last.request_id === null)) return last;
  const call: Call = { at, request_id: null, results: new Map() };
  calls.push(call);
  return call;
}
