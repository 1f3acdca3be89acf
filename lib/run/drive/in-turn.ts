import type { DriveDeps } from '../deps.ts';
import type { OpenRun } from '../state/open-run.ts';
import { isRequested } from '../state/stored-run.ts';
import type { Turn, Work } from './work.ts';

/** Runs with up to this many phones go first. */
const MAX_SMALL_RUN = 50;
const MANY_RUNS = 20;
const MINUTE = 60_000;
const GOLDEN_RATIO = 0.618_033_988_75;

/**
 * Does one kind of work for the runs in turn until `until` (epoch ms), small runs and runs that a person requested first. The
 * next call goes on where this one stopped.
 */
export async function inTurn(
  { clock }: Pick<DriveDeps, 'clock'>,
  work: Pick<Work, 'runs' | 'turn'>,
  { kind, until }: { kind: Turn; until: number },
  step: (run: OpenRun) => Promise<unknown>,
): Promise<void> {
  const [first, others]: [OpenRun[], OpenRun[]] = [[], []];
  for (const run of work.runs.values()) (isFirst(run) ? first : others).push(run);
  const order = [...fromAnother(first, clock.now()), ...fromAnother(others, clock.now())];
  const last = work.turn.get(kind);
  const from = order.findIndex(({ runId }) => runId === last) + 1;
  for (const run of [...order.slice(from), ...order.slice(0, from)]) {
    if (clock.now() >= until) return;
    work.turn.set(kind, run.runId);
    await step(run);
  }
  work.turn.delete(kind);
}

function isFirst({ request, state }: OpenRun): boolean {
  return isRequested(request) || state.phones.size <= MAX_SMALL_RUN;
}

/** Returns many items from another one each minute: what an earlier drive did not get to comes first sooner or later. */
export function fromAnother<T>(items: T[], now: number): T[] {
  const part = items.length < MANY_RUNS ? 0 : (Math.floor(now / MINUTE) * GOLDEN_RATIO) % 1;
  const from = Math.floor(part * items.length);
  return [...items.slice(from), ...items.slice(0, from)];
}
