import { isBusy } from '../state/attempt-status.ts';
import type { OpenRun } from '../state/open-run.ts';
import { type Item, type Lane, lanesOf } from './lanes.ts';

export type Batch = { run: OpenRun; items: Item[] };

/** A job of an earlier run that may still be running: it occupies its phone and a place on its server. */
export type InFlightJob = { phone_id: string; server_id: string };

/**
 * Fills the calls that can be sent now. Small runs and those that a person requested go first; the others take turns, and get
 * at least one call a minute. A phone is exported by one run at a time. A policy's limit for a server counts the jobs of all
 * runs. Pure.
 */
export function fillBatches(
  runs: OpenRun[],
  inFlight: InFlightJob[],
  limits: { calls: number; phonesPerCall: number },
  now: number,
): Batch[] {
  const load = loadOf(runs, inFlight, now);
  const lanes = lanesOf(runs, now);
  const batches: Batch[] = [];
  let isStarved = false;
  while (batches.length < limits.calls && !isStarved) {
    isStarved = true;
    for (const lane of lanes) {
      if (batches.length >= limits.calls) break;
      const size = Math.min(limits.phonesPerCall, lane.maxPhones);
      const items = takeItems(lane, load, size);
      const waitsForMore = lane.isActive && lane.ready.length > limits.calls * limits.phonesPerCall;
      if (items.length === 0 || (waitsForMore && items.length < size / 2)) continue;
      for (const { phoneId, serverId } of items) occupy(load, phoneId, serverId);
      const taken = new Set(items);
      lane.ready = lane.ready.filter((item) => !taken.has(item));
      batches.push({ run: lane.run, items });
      isStarved = false;
    }
  }
  return batches;
}

/** Phones with a job, and the number of jobs a server. */
type Load = { phones: Set<string>; perServer: Map<string, number> };

function loadOf(runs: OpenRun[], inFlight: InFlightJob[], now: number): Load {
  const load: Load = { phones: new Set(), perServer: new Map() };
  for (const { phone_id, server_id } of inFlight) occupy(load, phone_id, server_id);
  for (const run of runs) {
    for (const [phoneId, phone] of run.state.phones) {
      if (!isBusy(phone, run.plan?.terms?.export_timeout ?? 0, now)) continue;
      occupy(load, phoneId, phone.planned.server_id);
    }
  }
  return load;
}

function occupy({ phones, perServer }: Load, phoneId: string, serverId: string): void {
  phones.add(phoneId);
  perServer.set(serverId, (perServer.get(serverId) ?? 0) + 1);
}

/** The next items of the lane whose phones are free and whose servers have room, at most `size`. */
function takeItems(lane: Lane, load: Load, size: number): Item[] {
  const items: Item[] = [];
  const added = new Map<string, number>();
  for (const item of lane.ready) {
    if (items.length >= size) break;
    if (load.phones.has(item.phoneId)) continue;
    const own = added.get(item.serverId) ?? 0;
    if ((load.perServer.get(item.serverId) ?? 0) + own >= lane.maxPerServer) continue;
    added.set(item.serverId, own + 1);
    items.push(item);
  }
  return items;
}
