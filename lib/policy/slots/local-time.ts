const DAY = 86_400_000;

/** The clock of a time zone. A local time is written as the epoch ms at which a clock in UTC shows it. */
export type LocalTime = {
  /** Returns the local time at an instant (epoch ms). */
  at(instant: number): number;
  /** Returns the first instant at which the clock shows a local time or, if it skips that time, a later one. */
  firstInstant(local: number): number;
  /** Returns a local time that the clock did not pass before an instant, even if it was set back within a day. */
  latest(instant: number): number;
};

/** The clocks in use, by zone: making a format takes longer than all that is done with it. */
const clocks = new Map<string, LocalTime>();

/** Returns the clock of an IANA time zone. */
export function localTime(timeZone: string): LocalTime {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = makeClock(timeZone);
  clocks.set(timeZone, made);
  return made;
}

function makeClock(timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const at = (instant: number): number => {
    const [month, day, year, ...time] = format.format(instant).split(/\D+/).map(Number);
    const [hour, minute, second] = time;
    const ms = ((instant % 1000) + 1000) % 1000;
    return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, ms);
  };
  const offset = (instant: number): number => at(instant) - instant;

  const firstInstant = (local: number): number => {
    const [before, after] = [offset(local - DAY), offset(local + DAY)];
    if (offset(local - before) === before) return local - before;
    if (offset(local - after) === after) return local - after;
    // The clock skips this time: find when.
    let [low, high] = [local - DAY, local + DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (at(middle) < local) low = middle;
      else high = middle;
    }
    return high;
  };

  return {
    at,
    firstInstant,
    latest: (instant) => instant + Math.max(offset(instant), offset(instant - DAY)),
  };
}
