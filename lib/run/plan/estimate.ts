import { FIRST_IN_FLIGHT, type Limits } from '../../ledger/state/limits.ts';
import type { Preview } from '../query/schemas/preview.ts';

const MINUTE = 60_000;

type Estimate = NonNullable<Preview['estimate']>;

/** Returns how many export calls these phones need. */
export function exportCallCount(phones: number, limits: Pick<Limits, 'phones_per_call'>): number {
  return Math.ceil(phones / limits.phones_per_call);
}

/**
 * Returns how long a run takes at the learned rate (ms), and its bottleneck: the calls (the last one waits for its minute and
 * then takes one export), the server with the most phones (its exports run in turns) or a single export. `servers` has the
 * server of each phone to export. Before the first measured export only the calls count.
 */
export function estimateRun(
  servers: readonly string[],
  limits: Pick<Limits, 'phones_per_call' | 'calls_per_minute' | 'export_ms' | 'in_flight'>,
  terms: { max_in_flight_per_server: number | 'auto'; deadline: number },
): Estimate {
  const calls = exportCallCount(servers.length, limits);
  const fullMinutes = Math.floor(Math.max(0, calls - 1) / limits.calls_per_minute);
  const { max_in_flight_per_server: given } = terms;
  const inFlight = given === 'auto' ? (limits.in_flight?.good ?? FIRST_IN_FLIGHT) : given;
  const turns = Math.ceil(mostOnOneServer(servers) / inFlight);
  const { export_ms } = limits;
  const one = servers.length === 0 ? 0 : (export_ms ?? 0);
  const bounds: [Estimate['limited_by'], number][] =
    export_ms === undefined
      ? [['calls', fullMinutes * MINUTE]]
      : [
          ['export', one],
          ['calls', fullMinutes * MINUTE + one],
          ['servers', turns * one],
        ];
  const ms = Math.max(...bounds.map(([, bound]) => bound));
  return {
    ms,
    export_ms: export_ms ?? null,
    limited_by: bounds.find(([, bound]) => bound === ms)?.[0] ?? 'calls',
    deadline_ms: terms.deadline,
    meets_deadline: ms < terms.deadline,
  };
}

function mostOnOneServer(servers: readonly string[]): number {
  const phones = new Map<string, number>();
  for (const server of servers) phones.set(server, (phones.get(server) ?? 0) + 1);
  return [...phones.values()].reduce((most, count) => Math.max(most, count), 0);
}
