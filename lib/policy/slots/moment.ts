import { localTime } from './local-time.ts';

/**
 * Returns the instant (epoch ms) that a text such as `2026-11-28 03:00` means on the clock of a zone; a text with an offset means
 * the same everywhere, a date its beginning. Undefined for a time that does not exist in any zone. Throws RangeError for an
 * unknown zone.
 */
export function momentIn(zone: string, text: string): number | undefined {
  const [, day, time = '00:00', offset] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}${offset ?? 'Z'}`);
  const hasDay =
    !Number.isNaN(at) && new Date(Date.parse(`${day}T00:00Z`)).toISOString().startsWith(day ?? '');
  if (!hasDay) return undefined;
  return offset === undefined ? localTime(zone).firstInstant(at) : at;
}
