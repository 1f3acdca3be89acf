import type { Locale } from './notification.ts';
import { wordings } from './wordings.ts';

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Returns an instant (epoch ms) on the clock of the zone. */
export function timeText(ms: number, { language, timezone }: Locale): string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: timezone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const time = format.formatToParts(Math.min(Math.max(ms, 0), LAST_MS));
  const part = (type: string): string => time.find((one) => one.type === type)?.value ?? '';
  const clock = `${part('hour')}:${part('minute')}`;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return wordings[language].time({ year, month, day, clock, zone: timezone });
}
