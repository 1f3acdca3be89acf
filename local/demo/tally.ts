export type PhoneState = 'waiting' | 'exporting' | 'verified' | 'ended';

/** How many phones of a run are in which state. */
export type Tally = { total: number } & Record<PhoneState, number>;

/** A fact of the run's log, as far as the progress is concerned. */
export type LogEvent = {
  type: string;
  phone_id?: string | undefined;
  tries?: { phone_id: string }[] | undefined;
  result?: string | undefined;
};

const FINAL: ReadonlySet<PhoneState | undefined> = new Set(['verified', 'ended']);

/** Takes one fact into the states by phone id; a phone that has come to its end stays there. */
export function follow(states: Map<string, PhoneState>, event: LogEvent): void {
  const next = stateAfter(event);
  if (next === undefined) return;
  const about = event.tries ?? (event.phone_id === undefined ? [] : [{ phone_id: event.phone_id }]);
  for (const { phone_id } of about) {
    if (!FINAL.has(states.get(phone_id))) states.set(phone_id, next);
  }
}

export function tallyOf(states: ReadonlyMap<string, PhoneState>): Tally {
  const tally: Tally = { total: states.size, waiting: 0, exporting: 0, verified: 0, ended: 0 };
  for (const state of states.values()) tally[state] += 1;
  return tally;
}

function stateAfter({ type, result }: LogEvent): PhoneState | undefined {
  switch (type) {
    case 'intent':
    case 'accepted':
      return 'exporting';
    case 'unsent':
    case 'refused':
    case 'worthless':
      return 'waiting';
    case 'ended':
      return result === 'failed' ? 'waiting' : undefined;
    case 'verified':
      return 'verified';
    case 'outcome':
      return 'ended';
    default:
      return undefined;
  }
}
