import * as z from 'zod';
import { layout } from '../../store/layout.ts';
import { getObject } from '../../store/object-error.ts';
import { MAX_OBJECT_BYTES } from '../../store/parts/split.ts';
import { LIST_LAG_MS, type Store } from '../../store/store.ts';

/** What a LIST may not show yet of what one writer has done. */
export const writerEndsSchema = z.object({
  writer: z.string(),
  /** When it wrote its last entry, at the latest (epoch ms). */
  at: z.number(),
  /** The number of its last log entry, by run. */
  ends: z.record(z.string(), z.number().int()),
  /** It was killed, or an entry was not confirmed: more entries may follow. */
  unsure: z.literal(true).optional(),
  /** The runs that it has closed. */
  closed: z.array(z.string()).optional(),
  /** The objects of `open/late/` that it has written (true) or deleted (false), by id. */
  orphaned: z.record(z.string(), z.boolean()).optional(),
  /** The shards of the catalogue that it has added (true) or deleted (false), by key. */
  shards: z.record(z.string(), z.boolean()).optional(),
});

export type WriterEnds = z.infer<typeof writerEndsSchema>;

/** Where the logs of the open runs end, as one drive knows it. */
export type LogEnds = {
  /** Of the writers before this drive. */
  earlier: WriterEnds[];
  /** The runs whose log this drive has read. */
  read: Set<string>;
  /** The number of this drive's last entry, by run. */
  own: Map<string, number>;
  /** The runs that this drive has closed. */
  closed: Set<string>;
  /** The objects of `open/late/` that this drive has written (true) or deleted (false), by id. */
  orphaned: Map<string, boolean>;
  /** The shards of the catalogue that this drive has added (true) or deleted (false), by key. */
  shards: Map<string, boolean>;
};

/**
 * Returns the keys of the run's log entries that exist, but that `listed` lacks: the entries that earlier drives left word of,
 * and for a killed drive those that GET finds. Forgets what LIST shows by now. Throws ObjectError.
 */
export async function unlistedEntries(
  store: Pick<Store, 'get'>,
  runId: string,
  listed: ReadonlySet<string>,
  log: LogEnds,
): Promise<string[]> {
  const unlisted: string[] = [];
  for (const { writer, ends, unsure } of log.earlier) {
    const keyOf = (sequence: number): string => layout.logEntry(runId, writer, sequence);
    const exists = async (sequence: number): Promise<boolean> => {
      if (sequence <= (ends[runId] ?? 0) || listed.has(keyOf(sequence))) return true;
      return unsure === true && (await getObject(store, keyOf(sequence))) !== undefined;
    };
    const hidden: string[] = [];
    let end = 0;
    // The entries of a writer in one run are numbered without gaps.
    for (; await exists(end + 1); end += 1) {
      if (!listed.has(keyOf(end + 1))) hidden.push(keyOf(end + 1));
    }
    if (hidden.length > 0) ends[runId] = end;
    else delete ends[runId];
    unlisted.push(...hidden);
  }
  log.read.add(runId);
  return unlisted;
}

/** Returns whether an earlier drive, or this one, has closed the run: then a LIST that still shows its request is late. */
export function isClosed({ earlier, closed }: LogEnds, runId: string): boolean {
  return closed.has(runId) || earlier.some((ends) => ends.closed?.includes(runId) === true);
}

/** Returns what the next drive has to know of writers, without what every LIST shows by `now` (epoch ms). */
export function recentEnds(writers: WriterEnds[], now: number): WriterEnds[] {
  return writers.filter(({ at }) => at > now - LIST_LAG_MS);
}

/** Returns what the next drive has to know of this one while it works, in case that it is killed. */
export function endsSoFar({ name, log }: Named, now: number): WriterEnds[] {
  const own = { writer: name, at: now, ends: {}, unsure: true as const, closed: [...log.closed] };
  return [...log.earlier, { ...own, ...namesOf(log) }];
}

/** Returns what a drive has written that LIST may not show yet, by name. */
function namesOf({ orphaned, shards }: LogEnds): Pick<WriterEnds, 'orphaned' | 'shards'> {
  return {
    ...(orphaned.size === 0 ? {} : { orphaned: Object.fromEntries(orphaned) }),
    ...(shards.size === 0 ? {} : { shards: Object.fromEntries(shards) }),
  };
}

/** A writer of logs, by the name in its keys. */
type Named = { name: string; log: LogEnds };

/**
 * Returns what the next drive has to know when this one ends. `open`: the runs that are still open. `unsure`: whether not all of
 * this drive's entries are confirmed. Where that does not fit into the lease, the next drive looks for the entries itself.
 */
export function endsToKeep(
  { name, log }: Named,
  { open, unsure }: { open: ReadonlySet<string>; unsure: boolean },
  now: number,
): WriterEnds[] {
  const isAllRead = [...open].every((runId) => log.read.has(runId));
  const earlier = log.earlier.map((one) => ({
    ...one,
    unsure: isAllRead ? undefined : one.unsure,
  }));
  const own: WriterEnds = {
    ...{ writer: name, at: now, ends: Object.fromEntries(log.own), closed: [...log.closed] },
    unsure: unsure ? true : undefined,
    ...namesOf(log),
  };
  const all = [...earlier, own].map((one) => ({
    ...one,
    ends: Object.fromEntries(Object.entries(one.ends).filter(([runId]) => open.has(runId))),
  }));
  const kept = recentEnds(all, now).filter(hasContent);
  if (JSON.stringify(kept).length < MAX_OBJECT_BYTES / 2) return kept;
  return kept.map(({ writer, at, orphaned, shards }) => ({
    ...{ writer, at, ends: {}, unsure: true },
    ...{ orphaned, shards },
  }));
}

function hasContent({ ends, unsure, closed = [], orphaned, shards }: WriterEnds): boolean {
  const names = Object.keys({ ...ends, ...orphaned, ...shards });
  return unsure === true || closed.length > 0 || names.length > 0;
}
