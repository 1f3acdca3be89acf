import * as z from 'zod';
import { isHeartbeatHint } from '../state/heartbeat.ts';
import { isInventoryRequest } from './inventory-request.ts';
import { parseObject, readObject } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import { idSchema } from '../store/part-of-key.ts';
import { isRecoveredHint, isStaleHint } from '../state/staleness.ts';
import type { Store } from '../store/store.ts';

const HINT_VERSION = 1;

/** Slots of a policy that did not run. Stamps as in run ids. */
const missedSchema = z.object({
  version: z.literal(HINT_VERSION),
  type: z.literal('missed'),
  policy: idSchema,
  /** overlap: the run before was still open. too_late: nobody was there in time. superseded: a newer slot runs instead. policy_invalid: from the first stamp on. */
  reason: z.enum(['overlap', 'too_late', 'superseded', 'policy_invalid']),
  first: idSchema,
  last: idSchema,
  slots: z.number().int(),
});

export type Missed = Omit<z.infer<typeof missedSchema>, 'version' | 'type'>;

/** The id of the hint that slots up to `last` (a stamp) did not run. */
export function missedId({ policy, last }: Pick<Missed, 'policy' | 'last'>): string {
  return `missed-${policy}-${last.toLowerCase()}`;
}

/** Notes missed slots for the next drive to tell. The same slots give the same object. */
export async function putMissed(store: Pick<Store, 'put'>, missed: Missed): Promise<void> {
  const hint = { version: HINT_VERSION, type: 'missed', ...missed };
  await store.put(layout.hint(missedId(missed)), JSON.stringify(hint));
}

export function isMissedHint(id: string): boolean {
  return id.startsWith('missed-');
}

export async function readMissed(
  store: Pick<Store, 'get'>,
  id: string,
): Promise<Missed | undefined> {
  return readObject(store, missedSchema, HINT_VERSION, layout.hint(id));
}

/** Ids a hint may name: several phones of one trace, or a page of phones that a sweep found. */
export const MAX_NAMED = 1000;

const subjects = z.array(idSchema).max(MAX_NAMED);

/** Something to look at. Nothing in it depends on when or how often the event came. */
const lookupSchema = z.object({
  version: z.literal(HINT_VERSION),
  type: z.literal('lookup'),
  /** created, reset: a trace tells it. named: a message asks. found: a sweep saw phones that no event told of. */
  change: z.enum(['created', 'reset', 'named', 'found']),
  /** When it happened (epoch ms), by the trace. */
  at: z.number().optional(),
  phones: subjects,
  servers: subjects,
  /** Ids of which nobody knows whether they are a phone's, a server's or an order's. */
  others: subjects,
  /** Narrows what follows to this policy. */
  policy: z.string().optional(),
});

export type Lookup = Omit<z.infer<typeof lookupSchema>, 'version' | 'type'>;
export type NamedLookup = { id: string; lookup: Lookup };

/** Drops a hint. One that lies there already stays as old as it is: its time counts from the first delivery. */
export async function putLookup(
  store: Pick<Store, 'create'>,
  { id, lookup }: NamedLookup,
): Promise<void> {
  await store.create(
    layout.hint(id),
    JSON.stringify({ version: HINT_VERSION, type: 'lookup', ...lookup }),
  );
}

/** The hint and when it was dropped (epoch ms); undefined when it is gone. Throws `object_newer` and `object_invalid`. */
export async function readLookup(
  store: Pick<Store, 'get'>,
  id: string,
): Promise<{ lookup: Lookup; droppedAt: number } | undefined> {
  const key = layout.hint(id);
  const object = await store.get(key);
  if (object === undefined) return undefined;
  const lookup = parseObject(lookupSchema, HINT_VERSION, key, object.body);
  return { lookup, droppedAt: object.lastModified };
}

export function isLookupHint(id: string): boolean {
  return /^(?:trace|message|found)-/.test(id);
}

const SWEEP_EVERY_MS = 15 * 60_000;

/** The quarter of an hour that a moment (epoch ms) lies in. */
export function sweepSlot(now: number): number {
  return Math.floor(now / SWEEP_EVERY_MS) * SWEEP_EVERY_MS;
}

/** The id of the hint of the quarter of an hour that a moment (epoch ms) lies in. Ids sort as their times do. */
export function sweepId(at: number): string {
  return `sweep-${new Date(sweepSlot(at)).toISOString().slice(0, 16).replace(/\D/g, '')}`;
}

/** Asks the next drive to look for new phones that no event told of. `slot` as of `sweepSlot`: once each. */
export async function putSweep(store: Pick<Store, 'put'>, slot: number): Promise<void> {
  const hint = { version: HINT_VERSION, type: 'sweep' };
  await store.put(layout.hint(sweepId(slot)), JSON.stringify(hint));
}

export function isSweepHint(id: string): boolean {
  return /^sweep-\d{12}$/.test(id);
}

/** True for hints that some part of drive takes up; any other object there is not ours. */
export function isHint(id: string): boolean {
  const kinds = [
    isMissedHint,
    isLookupHint,
    isSweepHint,
    isStaleHint,
    isRecoveredHint,
    isHeartbeatHint,
  ];
  return isInventoryRequest(id) || kinds.some((isOne) => isOne(id));
}
