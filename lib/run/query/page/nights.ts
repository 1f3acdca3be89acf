import type { RunOutcome } from '../../../ledger/run/report.ts';
import { grouped } from '../../../ledger/store/parts/grouped.ts';
import { localTime } from '../../../policy/slots/local-time.ts';

const DAY = 86_400_000;

/** From the one that people must see to the one that they need not. */
const BY_WEIGHT: readonly RunOutcome[] = ['failed', 'partial', 'cancelled', 'completed', 'skipped'];

/** A settled run. `settledAt` is epoch ms. */
type Settled = { runId: string; outcome: RunOutcome; settledAt: number };

/** A day in the zone of the policy, and how its runs ended. */
export type Night = {
  /** Such as 2026-01-31. */
  date: string;
  /** The worst outcome of the day; undefined when no run settled. */
  outcome?: RunOutcome;
  /** The newest run of that outcome. */
  run_id?: string;
  runs: number;
};

/** Returns the days up to `now` (epoch ms) in a zone, oldest first, with the runs that settled on them. Pure. */
export function nightsOf(
  runs: readonly Settled[],
  { zone, days, now }: { zone: string; days: number; now: number },
): Night[] {
  const byDate = grouped(runs, ({ settledAt }) => dateIn(zone, settledAt));
  return lastDates({ zone, days, now }).map((date) => ({
    date,
    ...worstOf(byDate.get(date) ?? []),
  }));
}

function worstOf(runs: readonly Settled[]): Omit<Night, 'date'> {
  const weight = ({ outcome }: Settled): number => BY_WEIGHT.indexOf(outcome);
  const [worst] = [...runs].sort((a, b) => weight(a) - weight(b) || b.settledAt - a.settledAt);
  if (worst === undefined) return { runs: 0 };
  return { outcome: worst.outcome, run_id: worst.runId, runs: runs.length };
}

/** Returns the dates of the days up to `now` (epoch ms) in a zone, oldest first. */
export function lastDates({ zone, days, now }: { zone: string; days: number; now: number }) {
  const today = localTime(zone).at(now);
  return Array.from({ length: days }, (_, index) => dateOf(today - (days - 1 - index) * DAY));
}

/** Returns the date (such as 2026-01-31) of an instant (epoch ms) in a zone. */
export const dateIn = (zone: string, instant: number): string =>
  dateOf(localTime(zone).at(instant));

/** Returns the date of a local time. */
const dateOf = (local: number): string => new Date(local).toISOString().slice(0, 10);
