import { localTime } from '../slots/local-time.ts';

const DAY = 86_400_000;
/** 1970-01-01 was a Thursday: its week began three days earlier. */
const DAYS_SINCE_MONDAY = 3;

export const periods = ['day', 'week', 'month', 'year'] as const;
type Period = (typeof periods)[number];

/** The periods to which an instant belongs, each as a number that grows with time. */
export type PeriodsOf = (instant: number) => Readonly<Record<Period, number>>;

/** Returns the days, ISO weeks (from Monday), months and years of an IANA time zone. Remembers instants: archives of a run share theirs. */
export function periodsIn(timeZone: string): PeriodsOf {
  const zone = localTime(timeZone);
  const known = new Map<number, ReturnType<PeriodsOf>>();
  return (instant) => {
    const found = known.get(instant);
    if (found !== undefined) return found;
    const local = zone.at(instant);
    const date = new Date(local);
    const day = Math.floor(local / DAY);
    const year = date.getUTCFullYear();
    const own = {
      day,
      week: Math.floor((day + DAYS_SINCE_MONDAY) / 7),
      month: year * 12 + date.getUTCMonth(),
      year,
    };
    known.set(instant, own);
    return own;
  };
}
