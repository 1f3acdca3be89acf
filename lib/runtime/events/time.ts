const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const DATE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?\s*(.*)$/i;
const ZONE = /^(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})(?:\s+[A-Z]{2,5}|\s+[+-]\d{2,4})?)$/i;

/** Returns epoch ms of a time in any of the forms that triggers use; undefined when it cannot be read. */
export function timeOf(value: string | number): number | undefined {
  const isNumber = typeof value === 'number' || /^\d{9,14}(?:\.\d{1,6})?$/.test(value.trim());
  const number = Number(value);
  // Seconds stay below 1e11 until the year 5138, milliseconds are above it since 1973.
  const time = isNumber
    ? Math.floor(Math.abs(number) < 1e11 ? number * 1_000 : number)
    : dateMs(String(value).trim());
  return time !== undefined && time >= EARLIEST && time < LATEST ? time : undefined;
}

function dateMs(text: string): number | undefined {
  const match = DATE.exec(text);
  // A time without a zone is not read as UTC: it could be any of 26 hours.
  const offset = offsetMs(match?.[8] ?? '');
  if (!match || offset === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const written = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`;
  if (Number.isNaN(local) || new Date(local).toISOString() !== written) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return local + milliseconds - offset;
}

function offsetMs(zone: string): number | undefined {
  const match = ZONE.exec(zone.trim());
  if (!match) return undefined;
  const [, utc, sign, hours, minutes] = match;
  if (utc) return 0;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (offset > 14 * 3_600_000 || Number(minutes) > 59) return undefined;
  return sign === '-' ? -offset : offset;
}
