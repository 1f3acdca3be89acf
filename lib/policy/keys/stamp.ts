/** Formats an instant (epoch ms) as a stamp for object keys, to the second: `20260102T023000Z`. */
export function stamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** Parses a stamp to epoch ms. Returns undefined for any other text and for dates that do not exist. */
export function parseStamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) || stamp(ms) !== text ? undefined : ms;
}

/** Returns the date of an instant (epoch ms) in a time zone: `20260102`. Throws RangeError for an unknown zone. */
export function localDate(ms: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}${parts.get('month')}${parts.get('day')}`;
}
