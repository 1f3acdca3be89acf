const MINUTE = 60_000;
const DAY = 86_400_000;

/** Returns a function that reads the clock of a zone as text, such as "2027-03-27 23:30". */
export function clockOf(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (instant) => format.format(instant);
}

/**
 * Returns the instant at which a daily time must fire on a day ("2027-03-27"): the first minute at which the clock shows that
 * time or a later one. Looks at every minute, so it needs to know nothing of offsets.
 */
export function dailySlot(clock: (instant: number) => string, day: string, time: string): number {
  const wanted = `${day} ${time}`;
  const start = Date.parse(`${day}T${time}Z`) - DAY;
  for (let instant = start; instant < start + 2 * DAY; instant += MINUTE) {
    if (clock(instant) >= wanted) return instant;
  }
  throw new Error(`no ${wanted}`);
}

/** Returns the days from 2017 to 2040 on which a zone's clock changes, or that come right before or after. */
export function changeDays(timeZone: string): string[] {
  const clock = clockOf(timeZone);
  const offset = (instant: number): number =>
    Date.parse(`${clock(instant).replace(' ', 'T')}Z`) - instant;
  const days = new Set<string>();
  const end = Date.UTC(2041, 0, 1);
  let before = offset(Date.UTC(2017, 0, 1));
  for (let instant = Date.UTC(2017, 0, 2); instant < end; instant += DAY) {
    const now = offset(instant);
    if (now !== before) {
      for (const away of [-2, -1, 0, 1]) days.add(clock(instant + away * DAY).slice(0, 10));
    }
    before = now;
  }
  return [...days];
}
