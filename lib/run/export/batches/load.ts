import type { DriveDeps } from '../../deps.ts';
import { type Agenda, agendaOf } from '../../state/steps/agenda.ts';
import type { OpenRun } from '../../state/open-run.ts';
import { adapt, courtesyOf, type Sample } from './courtesy.ts';

/** Servers of which so many of the places are taken count as full. */
const FULL = 0.7;

/**
 * Learns how many exports a server bears from the exports of the runs whose policies leave that to Phonevault. Only servers
 * that have phones waiting say something about it.
 */
export function learnLoad(
  deps: Pick<DriveDeps, 'learned' | 'log' | 'clock'>,
  runs: OpenRun[],
): void {
  const now = deps.clock.now();
  const { limits } = deps.learned;
  const known = courtesyOf(limits);
  const agendas = runs.filter(isAuto).map((run) => agendaOf(run, now));
  const waiting = waitingOf(agendas);
  if (waiting.size === 0) return;
  const inFlight = new Map<string, number>();
  for (const { planned } of agendas.flatMap(({ busy }) => [...busy.keys()])) {
    inFlight.set(planned.server_id, (inFlight.get(planned.server_id) ?? 0) + 1);
  }
  let [taken, all] = [0, 0];
  for (const [server, phones] of waiting) {
    taken += Math.min(known.most, inFlight.get(server) ?? 0);
    all += phones;
  }
  const isFull = taken >= FULL * known.most * waiting.size;
  const samples = agendas.flatMap((agenda) => samplesOf(agenda, now));
  const next = adapt(known, { samples, isFull, waiting: all / waiting.size }, now);
  if (next === known) return;
  deps.learned.limits = { ...limits, in_flight: next };
  if (next.most !== known.most) deps.log.info('load_changed', { in_flight_per_server: next.most });
}

function isAuto({ plan }: OpenRun): boolean {
  return plan?.restore === undefined && plan?.terms?.max_in_flight_per_server === 'auto';
}

/** Returns how many phones wait for each server. */
function waitingOf(agendas: Agenda[]): Map<string, number> {
  const waiting = new Map<string, number>();
  for (const [server, { size }] of agendas.flatMap(({ fresh }) => [...fresh])) {
    waiting.set(server, (waiting.get(server) ?? 0) + size);
  }
  return waiting;
}

function samplesOf({ steps, ended }: Agenda, now: number): Sample[] {
  const samples: Sample[] = [...ended];
  for (const step of steps.get('poll')?.values() ?? []) {
    if (step.kind === 'poll') samples.push({ at: step.attempt.accepted[0]?.at ?? now });
  }
  return samples;
}
