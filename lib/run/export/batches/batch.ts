import type { Call } from '../../../ledger/run/events.ts';
import type { OpenRun } from '../../state/open-run.ts';
import { agendaOf, keptPhones } from '../../state/steps/agenda.ts';
import { type Item, type Lane, lanesOf, type Learned, type Load, MAX_WAIT_MS } from './lanes.ts';
import { restoreTurns } from './restore-turns.ts';

/** `command`: what is run, of a command. */
export type Batch = { run: OpenRun; call: Call; command?: string | undefined; items: Item[] };

/** A job of an earlier run that may still be running: it counts as an export of its phone and of its server. */
export type InFlightJob = { phone_id: string; server_id: string };

/** What may be sent now. */
export type Budget = {
  calls: number;
  phonesPerCall: number;
  /** Of the first calls, where the size of a call is not known yet. */
  sizes?: number[];
  /** Of the calls that are no exports. */
  otherSizes?: Partial<Record<Call, number>>;
  /** Before this time (epoch ms) a call that is not full may wait for more phones; without it none waits. */
  partialFrom?: number;
  learned?: Learned;
};

/**
 * Returns the batches that can be sent now. Small runs and runs that a person requested go first; the others take turns and
 * get at least one call a minute. While jobs of a run end, calls that are not full are spread over the minute, and gather
 * phones. At most one run exports or restores a phone at a time, and restores of a phone take turns. A policy's limit per
 * server counts the jobs of all runs. Pure.
 */
export function fillBatches(
  runs: OpenRun[],
  inFlight: InFlightJob[],
  budget: Budget,
  now: number,
): Batch[] {
  const load = loadOf(runs, inFlight, now);
  const { calls, partialFrom = now } = budget;
  const lanes = lanesOf(runs, load, now, budget.learned);
  const batches: Batch[] = [];
  let open = lanes;
  while (batches.length < calls && open.length > 0) {
    const unfinished: Lane[] = [];
    for (const lane of open) {
      if (batches.length >= calls) break;
      const own = budget.sizes?.[batches.length] ?? budget.phonesPerCall;
      const most = budget.otherSizes?.[lane.call] ?? own;
      const size = Math.min(most, lane.maxPhones);
      const items = takeItems(lane, load, size);
      const waitsForMore = items.length < size && mayWait(lane, partialFrom, now);
      if (items.length === 0 || waitsForMore) continue;
      for (const { phoneId, serverId } of items) occupyOnce(load, phoneId, serverId);
      const { run, call, command } = lane;
      batches.push({ run, call, ...(command === undefined ? {} : { command }), items });
      unfinished.push(lane);
    }
    open = unfinished;
  }
  return batches;
}

/** Returns whether a call that is not full gathers more phones. */
function mayWait(
  { lastCallAt, endsSoon, isFirst }: Lane,
  partialFrom: number,
  now: number,
): boolean {
  return now < Math.min(partialFrom, lastCallAt + MAX_WAIT_MS) && endsSoon && !isFirst;
}

function loadOf(runs: OpenRun[], inFlight: InFlightJob[], now: number): Load {
  const turns = restoreTurns(runs, now);
  const load: Load = {
    ...{ phones: new Set(), perServer: new Map(), placed: new Set(), kept: new Map(), turns },
  };
  for (const { phone_id, server_id } of inFlight) occupy(load, phone_id, server_id);
  for (const run of runs) {
    const kept = keptPhones(run, now).map(({ planned }) => planned);
    for (const { phone_id } of kept) load.kept.set(phone_id, run);
    for (const { planned } of agendaOf(run, now).busy.keys()) {
      occupy(load, planned.phone_id, planned.server_id);
    }
    // Else the apps of all phones would be stopped before the first ones are exported.
    for (const { phone_id, server_id } of run.plan?.terms?.hooks === undefined ? [] : kept) {
      if (load.phones.has(phone_id)) continue;
      load.placed.add(phone_id);
      addJob(load, server_id);
    }
  }
  return load;
}

/** A settled run that is still to be notified and the orphaned jobs that it left name the same phones: each counts once. */
function occupy(load: Load, phoneId: string, serverId: string): void {
  if (load.phones.has(phoneId)) return;
  load.phones.add(phoneId);
  addJob(load, serverId);
}

function occupyOnce(load: Load, phoneId: string, serverId: string): void {
  if (load.placed.has(phoneId)) load.phones.add(phoneId);
  else occupy(load, phoneId, serverId);
}

function addJob({ perServer }: Load, serverId: string): void {
  perServer.set(serverId, (perServer.get(serverId) ?? 0) + 1);
}

/**
 * Returns the next items of the lane, at most `size`, without busy phones and full servers. These stay so while batches are
 * filled: no item is looked at twice.
 */
function takeItems(lane: Lane, load: Load, size: number): Item[] {
  const items: Item[] = [];
  const added = new Map<string, number>();
  for (; items.length < size && lane.next < lane.ready.length; lane.next += 1) {
    const item = lane.ready[lane.next];
    if (item === undefined) break;
    if (load.phones.has(item.phoneId)) continue;
    if ((load.kept.get(item.phoneId) ?? lane.run) !== lane.run) continue;
    if (!load.turns.mayWork(lane.run, item.phoneId)) continue;
    const own = added.get(item.serverId) ?? 0;
    const isPlaced = load.placed.has(item.phoneId);
    const isFull = (load.perServer.get(item.serverId) ?? 0) + own >= lane.maxPerServer;
    if (isFull && !isPlaced) continue;
    if (!isPlaced) added.set(item.serverId, own + 1);
    items.push(item);
  }
  return items;
}
