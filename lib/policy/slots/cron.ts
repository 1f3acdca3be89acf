import { type Problem, show } from '../parse/validation-error.ts';
import { countValues, type Field, FIELDS, readField } from './cron-fields.ts';
import { fieldHint, shapeHint } from './cron-hints.ts';

const MAX_CHARACTERS = 256;
const SHAPE = 'six fields: second minute hour day-of-month month day-of-week';

export type CronParse = { ok: true; pattern: string } | { ok: false; problems: Problem[] };

/**
 * Parses a cron expression of FunctionGraph. Returns the same schedule as numbers, lists, ranges and steps, which all cron
 * libraries read alike, or one problem for each invalid field.
 */
export function parseCron(text: string): CronParse {
  const parts = text.trim().split(/\s+/);
  if (text.length > MAX_CHARACTERS || parts.length !== FIELDS.length) {
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

/** Returns how often a pattern of `parseCron` fires: on each of its days, and within a minute. */
export function cronCounts(pattern: string): { perDay: number; perMinute: number } {
  const parts = pattern.split(' ');
  const [seconds = 0, minutes = 0, hours = 0] = FIELDS.slice(0, 3).map((field, index) =>
    countValues(field, parts[index] ?? ''),
  );
  return { perDay: seconds * minutes * hours, perMinute: seconds };
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
    hint: shapeHint(text, parts, (other) => parseCron(other).ok),
  };
}
