import { type Field, readField, readValue } from './cron-fields.ts';

/** Returns how to fix a field that is invalid, or undefined. */
export function fieldHint(field: Field, part: string): string | undefined {
  const items = part.split(',');
  if (items.some((item) => /\d[LW]|^LW?(?:-\d+)?$|#|^H\b/i.test(item)))
    return 'L, W, # and H are not supported.';
  const wrong = items.find((item) => readField(field, item) === undefined) ?? '';
  const [reason, instead] = itemHint(field, wrong);
  const place = items.length > 1 ? ` for ${wrong}` : '';
  const write = instead === undefined ? undefined : `Write ${instead}${place}.`;
  return [reason, write].filter((text) => text !== undefined).join(' ') || undefined;
}

/** Why an item of a list is invalid, and what to write instead, as far as that is known. */
type ItemHint = [reason: string | undefined, instead: string | undefined];

function itemHint(field: Field, item: string): ItemHint {
  const [, first = '', last = ''] = /^([a-z\d]+)-([a-z\d]+)$/i.exec(item) ?? [];
  const reason = reasonFor(field, item);
  const from = readValue(field, first);
  const to = reason === SUNDAY && last === '7' ? field.min : readValue(field, last);
  if (from === undefined || to === undefined) return [reason, shortName(field, item)];
  const isNamed = /[a-z]/i.test(first);
  return [reason ?? 'A range does not go backwards.', twoRanges(field, from, to, isNamed)];
}

const SUNDAY = 'Sunday is 0.';

function reasonFor(field: Field, item: string): string | undefined {
  if (field.name === 'day of week' && /\b7\b/.test(item)) return SUNDAY;
  return field.name === 'hour' && /\b24\b/.test(item) ? 'Midnight is 0.' : undefined;
}

/** Returns `Mon` for `Monday`, or undefined. */
function shortName(field: Field, item: string): string | undefined {
  if (!/^[a-z]+$/i.test(item)) return undefined;
  return field.words?.find((name) => item.toLowerCase().startsWith(name.toLowerCase()));
}

/** Returns two ranges for one that goes over the last value, such as `Sat-Sun`, `22-2` or `5-7`. */
function twoRanges(field: Field, from: number, to: number, isNamed: boolean): string {
  const show = (value: number): string =>
    (isNamed ? field.words?.[value - field.min] : undefined) ?? String(value);
  const span = (low: number, high: number): string =>
    low === high ? show(low) : `${show(low)}-${show(high)}`;
  const rest = from === field.min ? '' : `,${span(field.min, to)}`;
  return `${span(from, field.max)}${rest}`;
}

/** True when an expression names its zone, such as `CRON_TZ=Asia/Shanghai`. */
export const namesZone = (text: string): boolean => ZONE.test(text);

const ZONE = /\b(?:CRON_)?TZ=/i;

/**
 * Returns how to fix an expression that does not have six fields, or undefined. `isValid` says whether an expression may be
 * suggested.
 */
export function shapeHint(
  text: string,
  parts: readonly string[],
  isValid: (text: string) => boolean,
): string | undefined {
  const zone = ZONE.exec(text)?.[0];
  if (zone !== undefined) return `Remove ${zone}... and set the zone in the field timezone.`;
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
