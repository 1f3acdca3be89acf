import { parseDuration } from '../../lib/policy/schema/duration.ts';
import { wrongUse } from './command.ts';

const quote = (value: string) => JSON.stringify(value.slice(0, 64));

/** Returns a parser of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    throw wrongUse(`${quote(value)} is not a whole number from ${min} to ${max}`);
  };
}

/** Parses `90s`, `10m`, `1h30m` or `2d` as milliseconds. */
export function durationValue(value: string): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  throw wrongUse(`${quote(value)} is not a duration such as 90s, 10m, 1h30m or 2d`);
}

/** Parses `2026-01-02`, `2026-01-02T03:04:05Z` or an age such as `2d`. Returns a function from now to epoch ms. */
export function momentValue(value: string): (now: number) => number {
  const ago = parseDuration(value);
  if (ago !== undefined && ago > 0) return (now) => now - ago;
  const isDate =
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
  const at = isDate.test(value) && isDay(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(at)) return () => at;
  throw wrongUse(
    `${quote(value)} is not a time such as 2d (ago), 2026-01-02 or 2026-01-02T03:04:05Z`,
  );
}

/** Returns false for the 31st of February, which Date.parse reads as the 3rd of March. */
function isDay(value: string): boolean {
  const day = new Date(`${value.slice(0, 10)}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value.slice(0, 10));
}

/** Returns a parser of ids and names that may be part of a key. */
export function nameValue(what: string): (value: string) => string {
  return (value) => {
    if (/^[A-Za-z0-9._-]{1,128}$/.test(value)) return value;
    throw wrongUse(`${quote(value)} is not ${what}`);
  };
}

/** Reads an absolute path on a phone, without a slash at its end. */
export function phonePathValue(value: string): string {
  const path = value.replace(/(?<=.)\/+$/, '');
  const isPath = path.startsWith('/') && !/\/\/|\/\.{1,2}(?:\/|$)|\0/.test(path);
  if (isPath && path.length <= 4_096) return path;
  throw wrongUse(`${quote(value)} is not an absolute path such as /data/data/com.example`);
}
