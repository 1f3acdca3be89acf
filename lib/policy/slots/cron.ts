import { type Problem, show } from '../parse/validation-error.ts';

type Field = {
  name: string;
  min: number;
  max: number;
  /** Names of the values, starting with `min`. */
  words?: readonly string[];
  /** True when `?` is allowed; it means any value. */
  allowsAny?: boolean;
};

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

// The syntax of FunctionGraph timers (functiongraph_01_0207, functiongraph_01_0908).
const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, allowsAny: true },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS, allowsAny: true },
];

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

function readField(field: Field, part: string): string | undefined {
  if (part === '?') return field.allowsAny === true ? '*' : undefined;
  const items = part.split(',').map((item) => readItem(field, item));
  if (items.includes(undefined)) return undefined;
  // A list with `*` means any value, which a cron library may only see in a plain `*`.
  return items.includes('*') ? '*' : items.join(',');
}

function readItem(field: Field, item: string): string | undefined {
  const parts = /^(?:(\*)|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d{1,2}))?$/i.exec(item);
  if (parts === null) return undefined;
  const [, star, first = '', last, stepText] = parts;
  const step = stepText === undefined ? undefined : Number(stepText);
  if (step !== undefined && (step < 1 || step > field.max)) return undefined;
  if (star !== undefined) return step === undefined || step === 1 ? '*' : `*/${step}`;
  const range = readRange(field, first, last ?? (step === undefined ? undefined : `${field.max}`));
  return range === undefined || step === undefined ? range : `${range}/${step}`;
}

function readRange(field: Field, first: string, last: string | undefined): string | undefined {
  const from = readValue(field, first);
  if (last === undefined) return from?.toString();
  const to = readValue(field, last);
  return from === undefined || to === undefined || to < from ? undefined : `${from}-${to}`;
}

function readValue(field: Field, word: string): number | undefined {
  const index = field.words?.indexOf(word.toLowerCase()) ?? -1;
  if (index >= 0) return field.min + index;
  if (!/^\d{1,2}$/.test(word)) return undefined;
  const value = Number(word);
  return value >= field.min && value <= field.max ? value : undefined;
}

function fieldProblem(field: Field, part: string): Problem {
  const names = field.words === undefined ? '' : ` or ${field.words[0]}-${field.words.at(-1)}`;
  const questionMark = field.allowsAny === true ? ' ?' : '';
  return {
    message: `the cron field "${field.name}" cannot be ${show(part)}`,
    found: show(part),
    allowed: `${field.min}-${field.max}${names}, combined with , - * /${questionMark}`,
    hint: fieldHint(field, part),
  };
}

function fieldHint(field: Field, part: string): string | undefined {
  if (/[LW#]/i.test(part) && /\d[LW]|^LW?$|#/i.test(part)) {
    return 'L, W and # are not supported.';
  }
  if (field.name === 'day of week' && /\b7\b/.test(part)) return 'Sunday is 0.';
  return undefined;
}

function shapeProblem(text: string, parts: string[]): Problem {
  if (text.length > MAX_CHARACTERS) {
    const message = `the cron expression is longer than ${MAX_CHARACTERS} characters`;
    return { message, allowed: SHAPE };
  }
  return {
    message: 'the cron expression does not have six fields',
    allowed: SHAPE,
    hint: shapeHint(text, parts),
  };
}

function shapeHint(text: string, parts: string[]): string | undefined {
  if (/\bCRON_TZ=/i.test(text)) return 'Remove CRON_TZ=... and set the zone in the field timezone.';
  if (text.startsWith('@')) return 'Write six fields: "0 0 3 * * *" is every day at 03:00.';
  if (parts.length === 5) return `The first field is the second. Write "0 ${parts.join(' ')}".`;
  if (parts.length === 7) return 'Remove the year.';
  return undefined;
}
