import { type Problem, show } from '../parse/validation-error.ts';
import { type Field, FIELDS, readField, valuesOf } from './cron-fields.ts';
import { fieldHint, namesZone, shapeHint } from './cron-hints.ts';

const MAX_CHARACTERS = 256;
const SHAPE = 'six fields: second minute hour day-of-month month day-of-week';

export type CronParse = { ok: true; pattern: string } | { ok: false; problems: Problem[] };

/**
 * Parses a cron expression of FunctionGraph. Returns the same schedule as numbers, lists, ranges and steps, which all cron
 * libraries read alike, or one problem for each invalid field.
 */
export function parseCron(text: string): CronParse {
  const parts = text.trim().split(/\s+/);
  if (text.length > MAX_CHARACTERS || parts.length !== FIELDS.length || namesZone(text)) {
    return { ok: false, problems: [shapeProblem(text, parts)] };
  }
  const problems: Problem[] = [];
  const fields = FIELDS.map((field, index) => {
    const part = parts[index] ?? '';
    const values = readField(field, part);
    if (values === undefined) problems.push(fieldProblem(field, part));
    return values;
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, pattern: fields.join(' ') };
}

/** Returns the values of each field of a pattern of `parseCron`, in the order of `FIELDS`. */
const fieldValues = (pattern: string): Set<number>[] =>
  pattern.split(' ').flatMap((part, index) => {
    const field = FIELDS[index];
    return field === undefined ? [] : [valuesOf(field, part)];
  });

/** Returns how often a pattern of `parseCron` fires: on each of its days, and within a minute. */
export function cronCounts(pattern: string): { perDay: number; perMinute: number } {
  const [seconds = 0, minutes = 0, hours = 0] = fieldValues(pattern).map(({ size }) => size);
  return { perDay: seconds * minutes * hours, perMinute: seconds };
}

/**
 * Returns what a pattern of `parseCron` says of days: whether both day fields are set, so that one match is enough, and the
 * months that have none of its days of the month, at least in most years (1 to 12).
 */
export function cronDays(pattern: string): { eitherDay: boolean; monthsWithout: number[] } {
  const [, , , day = '*', , weekday = '*'] = pattern.split(' ');
  const [, , , days = [], months = []] = fieldValues(pattern);
  const first = Math.min(...days);
  const monthsWithout = [...months].filter((month) => first > daysIn(month, COMMON_YEAR));
  return {
    eitherDay: day !== '*' && weekday !== '*',
    monthsWithout: weekday === '*' ? monthsWithout.sort((a, b) => a - b) : [],
  };
}

const LEAP_YEAR = 2000;
const COMMON_YEAR = 2001;

/** Returns how many days a month (1 to 12) has. */
const daysIn = (month: number, year: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** True when a pattern of `parseCron` fires in some year. */
export function everFires(pattern: string): boolean {
  const [, , , , , weekday = '*'] = pattern.split(' ');
  const [, , , days = [], months = []] = fieldValues(pattern);
  const first = Math.min(...days);
  return weekday !== '*' || [...months].some((month) => first <= daysIn(month, LEAP_YEAR));
}

/** Returns what is wrong with a valid pattern that fires more than once a minute. */
export function tooOftenProblems(text: string, pattern: string): Problem[] {
  const { perMinute } = cronCounts(pattern);
  if (perMinute <= 1) return [];
  const [, ...rest] = text.trim().split(/\s+/);
  return [
    {
      message: `the cron expression fires ${perMinute} times a minute`,
      allowed: 'at most one slot a minute',
      hint: `The first field is the second. Write "${['0', ...rest].join(' ')}".`,
    },
  ];
}

function fieldProblem(field: Field, part: string): Problem {
  const [first, last] = [field.words?.[0], field.words?.at(-1)];
  const names = first === undefined ? '' : ` or ${first.toLowerCase()}-${last?.toLowerCase()}`;
  const questionMark = field.allowsAny === true ? ' ?' : '';
  return {
    message: `the cron field "${field.name}" cannot be ${show(part)}`,
    found: show(part),
    allowed: `${field.min}-${field.max}${names}, combined with , - * /${questionMark}`,
    hint: fieldHint(field, part),
  };
}

function shapeProblem(text: string, parts: string[]): Problem {
  if (text.length > MAX_CHARACTERS) {
    const message = `the cron expression is longer than ${MAX_CHARACTERS} characters`;
    return { message, allowed: SHAPE };
  }
  return {
    message: 'the cron expression does not have six fields',
    allowed: SHAPE,
    hint: shapeHint(text, parts, isUsable),
  };
}

/** True when an expression is valid as a schedule. */
function isUsable(text: string): boolean {
  const parsed = parseCron(text);
  return parsed.ok && everFires(parsed.pattern) && cronCounts(parsed.pattern).perMinute <= 1;
}
