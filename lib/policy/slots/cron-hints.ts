import { type Field, readValue } from './cron-fields.ts';

/** Returns how to fix a field that is invalid, or undefined. */
export function fieldHint(field: Field, part: string): string | undefined {
  if (part.split(',').some((item) => /\d[LW]|^LW?(?:-\d+)?$|#|^H\b/i.test(item)))
    return 'L, W, # and H are not supported.';
  const range = /^([a-z\d]+)-([a-z\d]+)$/i.exec(part);
  if (range !== null) return rangeHint(field, range[1] ?? '', range[2] ?? '');
  if (field.name === 'day of week' && /\b7\b/.test(part)) return 'Sunday is 0.';
  if (field.name === 'hour' && part === '24') return 'Midnight is 0.';
  return undefined;
}

/** Returns two ranges for one that goes over the last value, such as `Sat-Sun`, `22-2` or `5-7`. */
function rangeHint(field: Field, first: string, last: string): string | undefined {
  const isSunday = field.name === 'day of week' && last === '7';
  const from = readValue(field, first);
  const to = isSunday ? 0 : readValue(field, last);
  if (from === undefined || to === undefined) return isSunday ? 'Sunday is 0.' : undefined;
  const isNamed = /[a-z]/i.test(first);
  const show = (value: number): string =>
    (isNamed ? field.words?.[value - field.min] : undefined) ?? String(value);
  const span = (low: number, high: number): string =>
    low === high ? show(low) : `${show(low)}-${show(high)}`;
  const reason = isSunday ? 'Sunday is 0' : 'A range does not go backwards';
  return `${reason}. Write ${span(from, field.max)},${span(field.min, to)}.`;
}

/**
 * Returns how to fix an expression that does not have six fields, or undefined. `isValid` says whether an expression may be
 * suggested.
 */
export function shapeHint(
  text: string,
  parts: readonly string[],
  isValid: (text: string) => boolean,
): string | undefined {
  if (/\bCRON_TZ=/i.test(text)) return 'Remove CRON_TZ=... and set the zone in the field timezone.';
  if (text.startsWith('@')) return 'Write six fields: "0 0 3 * * *" is every day at 03:00.';
  if (parts.length === 5) {
    const padded = `0 ${parts.join(' ')}`;
    const example = isValid(padded) ? padded : '0 30 2 * * *';
    const what = example === padded ? 'Write' : 'Write all six, such as';
    return `The first field is the second. ${what} "${example}".`;
  }
  const isYear = parts.length === 7 && isValid(parts.slice(0, 6).join(' '));
  return isYear ? 'Remove the year.' : undefined;
}
