import { zoneProblems } from '../../../../policy/slots/zones.ts';
import type { Locale } from '../notification.ts';
import type { LocalTime } from './wording.ts';
import { wordings } from './wordings.ts';

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Returns an instant (epoch ms) on the clock of the zone; on that of UTC where the runtime does not know the zone. */
export function localTime(ms: number, timezone: string): LocalTime {
  const zone = zoneProblems(timezone).length === 0 ? timezone : 'UTC';
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const time = format.formatToParts(Math.min(Math.max(ms, 0), LAST_MS));
  const part = (type: string): string => time.find((one) => one.type === type)?.value ?? '';
  const clock = `${part('hour')}:${part('minute')}`;
  return { year: part('year'), month: part('month'), day: part('day'), clock, zone };
}

/** Returns an instant (epoch ms) with its day and zone. */
export function timeText(ms: number, { language, timezone }: Locale): string {
  return wordings[language].time(localTime(ms, timezone));
}

/** Returns the time of day of an instant (epoch ms), with the day unless `near` (epoch ms) is on the same day. */
export function clockText(ms: number, near: number, { language, timezone }: Locale): string {
  const [time, other] = [localTime(ms, timezone), localTime(near, timezone)];
  const isSameDay =
    time.year === other.year && time.month === other.month && time.day === other.day;
  return isSameDay ? time.clock : wordings[language].dayAndClock(time);
}
