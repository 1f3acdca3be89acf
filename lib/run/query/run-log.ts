import pLimit from 'p-limit';
import * as z from 'zod';
import type { RunEvent } from '../../ledger/run/events.ts';
import { layout } from '../../ledger/store/layout.ts';
import { readLog } from '../../ledger/run/log.ts';
import type { Store } from '../../ledger/store/store.ts';
import { isBroken } from '../../ledger/store/json.ts';
import { type ExportCall, instantOf, type LogLine } from './schemas.ts';

const READS_AT_ONCE = 16;

type Reading = Pick<Store, 'get' | 'list'>;

export type ReadEvents = {
  events: RunEvent[];
  /** Entries that cannot be read: their key, why, and when they were written (epoch ms). */
  unreadable: { key: string; code: string; at: number }[];
};

/** Every fact of a run's log, by time. An entry that is broken or newer than this version costs only itself. */
export async function readEvents(store: Reading, runId: string): Promise<ReadEvents> {
  const limit = pLimit(READS_AT_ONCE);
  const unreadable: ReadEvents['unreadable'] = [];
  const listed = await store.list(layout.log(runId));
  const entries = await Promise.all(
    listed.map((entry) =>
      limit(async () => {
        const alone: Reading = { get: (key) => store.get(key), list: async () => [entry] };
        try {
          return await readLog(alone, runId);
        } catch (error) {
          if (!isBroken(error)) throw error;
          unreadable.push({ key: entry.key, code: error.code, at: entry.lastModified });
          return [];
        }
      }),
    ),
  );
  return { events: entries.flat().sort((a, b) => a.at - b.at), unreadable };
}

/** A log as lines, oldest first. An entry that cannot be read is a line of type `unreadable` with its key and the code. Pure. */
export function logLines({ events, unreadable }: ReadEvents): LogLine[] {
  const gaps = unreadable.map((gap) => ({ type: 'unreadable', ...gap }));
  return [...events, ...gaps]
    .sort((a, b) => a.at - b.at)
    .map((event) => ({ ...event, at: instantOf(event.at) }));
}

const verdictSchema = z.object({
  at: z.string(),
  type: z.enum(['accepted', 'refused', 'outcome_unknown']),
  phone_id: z.string(),
  attempt: z.number(),
  request_id: z.string().optional(),
});

type Verdict = z.infer<typeof verdictSchema>;
type Call = Pick<ExportCall, 'at' | 'request_id'> & { verdicts: Map<string, Verdict['type']> };

/**
 * The export calls that a log tells of, oldest first, `at` the time of the answer. A call is known by its request id; what
 * has none (a refusal, a lost answer) belongs to the call of the same moment. A job found later moves its phone from
 * unanswered to accepted. Calls that were throttled, or of which a killed drive could write nothing, left no verdict and
 * are not told. Pure.
 */
export function exportCalls(lines: readonly LogLine[]): ExportCall[] {
  const calls: Call[] = [];
  const byRequest = new Map<string, Call>();
  for (const line of lines) {
    const verdict = verdictSchema.safeParse(line).data;
    if (verdict === undefined) continue;
    const id = verdict.request_id || undefined;
    const call = byRequest.get(id ?? '') ?? callOfMoment(calls, verdict.at, id);
    if (id !== undefined) {
      call.request_id = id;
      byRequest.set(id, call);
    }
    const own = `${verdict.phone_id} ${verdict.attempt}`;
    if (call.verdicts.get(own) !== 'accepted') call.verdicts.set(own, verdict.type);
  }
  return calls.map(({ at, request_id, verdicts }) => {
    const count = (type: Verdict['type']): number =>
      [...verdicts.values()].filter((other) => other === type).length;
    return {
      at,
      request_id,
      phones: verdicts.size,
      accepted: count('accepted'),
      refused: count('refused'),
      unanswered: count('outcome_unknown'),
    };
  });
}

/** The last call, when it was answered at this moment and may be the one; else a new one. */
function callOfMoment(calls: Call[], at: string, id: string | undefined): Call {
  const last = calls.at(-1);
  if (last?.at === at && (id === undefined || last.request_id === null)) return last;
  const call: Call = { at, request_id: null, verdicts: new Map() };
  calls.push(call);
  return call;
}
