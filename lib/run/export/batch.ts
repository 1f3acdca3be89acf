import { isBusy } from '../state/attempt-status.ts';
import type { OpenRun } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

export type Item = { phoneId: string; serverId: string; attempt: number };
export type Batch = { run: OpenRun; items: Item[] };

/** A job of an earlier run that may still be running: its phone and its place on the server are taken. */
export type InFlightJob = { phone_id: string; server_id: string };

const SMALL_RUN = 50;
/** So long the others stand back for those that go first; then one of them gets a call. */
const STANDS_BACK_MS = 60_000;

/**
 * Cuts the calls that can be sent now. Small runs and those that a person asked for go first, the others take
 * turns, and get a call a minute at least; a phone is exported by one run at a time, and a policy's courtesy to a server
 * counts the jobs of all runs.
 */
export function fillBatches(
  runs: OpenRun[],
  inFlight: InFlightJob[],
  limits: { calls: number; phonesPerCall: number },
  now: number,
): Batch[] {
  const busy = new Set(inFlight.map((job) => job.phone_id));
  const perServer = new Map<string, number>();
  const take = (serverId: string): void =>
    void perServer.set(serverId, (perServer.get(serverId) ?? 0) + 1);
  for (const { server_id } of inFlight) take(server_id);
  for (const run of runs) {
    for (const [phoneId, phone] of run.state.phones) {
      if (!isBusy(phone, run.plan?.terms?.export_timeout ?? 0, now)) continue;
      busy.add(phoneId);
      take(phone.planned.server_id);
    }
  }

  const lanes = lanesOf(runs, now);
  const batches: Batch[] = [];
  let starved = false;
  while (batches.length < limits.calls && !starved) {
    starved = true;
    for (const lane of lanes) {
      if (batches.length >= limits.calls) break;
      const items = cutOne(lane, busy, perServer, Math.min(limits.phonesPerCall, lane.atMost));
      const patient = lane.flying && lane.ready.length > limits.calls * limits.phonesPerCall;
      if (
        items.length === 0 ||
        (patient && items.length < Math.min(limits.phonesPerCall, lane.atMost) / 2)
      )
        continue;
      for (const { phoneId, serverId } of items) {
        busy.add(phoneId);
        take(serverId);
      }
      const cut = new Set(items);
      lane.ready = lane.ready.filter((item) => !cut.has(item));
      batches.push({ run: lane.run, items });
      starved = false;
    }
  }
  return batches;
}

type Lane = {
  run: OpenRun;
  /** Phones a call, after one that was refused for a single phone. */
  atMost: number;
  perServer: number;
  ready: Item[];
  flying: boolean;
  first: boolean;
  /** When it last had a call, or was planned. */
  servedAt: number;
};

function lanesOf(runs: OpenRun[], now: number): Lane[] {
  const lanes: Lane[] = [];
  for (const run of runs) {
    const perServer = run.plan?.terms?.max_in_flight_per_server;
    if (perServer === undefined || now < run.retryAt.step) continue;
    const { cut, acceptedAt } = run.state;
    const atMost = cut !== undefined && cut.at > acceptedAt ? cut.size : Number.POSITIVE_INFINITY;
    const lane: Lane = {
      run,
      atMost,
      perServer,
      ready: [],
      flying: false,
      first: false,
      servedAt: run.plan?.started_at ?? 0,
    };
    for (const { phone, step } of phoneSteps(run, now)) {
      for (const attempt of phone.attempts.values())
        lane.servedAt = Math.max(lane.servedAt, attempt.intentAt);
      if (step.kind === 'follow' || step.kind === 'watch') lane.flying = true;
      if (step.kind !== 'submit' || step.notBefore > now) continue;
      const { phone_id, server_id } = phone.planned;
      lane.ready.push({ phoneId: phone_id, serverId: server_id, attempt: step.attempt });
    }
    const { trigger } = run.request;
    lane.first = trigger === 'manual' || trigger === 'http' || lane.ready.length <= SMALL_RUN;
    if (lane.ready.length > 0) lanes.push(lane);
  }
  lanes.sort(
    (a, b) =>
      Number(b.first) - Number(a.first) ||
      a.servedAt - b.servedAt ||
      (a.run.runId < b.run.runId ? -1 : 1),
  );
  const others = lanes.filter(({ first }) => !first);
  const longest = others[0];
  const isOverdue = others.every(({ servedAt }) => now - servedAt >= STANDS_BACK_MS);
  if (longest === undefined || !isOverdue) return lanes;
  return [longest, ...lanes.filter((lane) => lane !== longest)];
}

function cutOne(
  lane: Lane,
  busy: ReadonlySet<string>,
  inFlight: ReadonlyMap<string, number>,
  size: number,
): Item[] {
  const items: Item[] = [];
  const mine = new Map<string, number>();
  for (const item of lane.ready) {
    if (items.length >= size) break;
    if (busy.has(item.phoneId)) continue;
    const load = (inFlight.get(item.serverId) ?? 0) + (mine.get(item.serverId) ?? 0);
    if (load >= lane.perServer) continue;
    mine.set(item.serverId, (mine.get(item.serverId) ?? 0) + 1);
    items.push(item);
  }
  return items;
}
