import { type Problem, show } from '../parse/validation-error.ts';

type Field = {
  name: string;
  min: number;
  max: number;
  /** Names of the values, from `min` on. */
  words?: readonly string[];
  /** `?` stands for "any" in the two day fields. */
  question?: boolean;
};

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

// The syntax of FunctionGraph's timers (functiongraph_01_0207, functiongraph_01_0908).
const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, question: true },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS, question: true },
];

const MAX_CHARACTERS = 256;
const SHAPE = 'six fields: second minute hour day-of-month month day-of-week';

export type CronParse = { ok: true; pattern: string } | { ok: false; problems: Problem[] };

/**
 * Reads a cron expression of FunctionGraph's syntax. The pattern that comes out holds the same schedule in numbers,
 * lists, ranges and steps only, which every cron library reads alike. Problems come one a field that is wrong.
 */
export function parseCron(text: string): CronParse {
  const parts = text.trim().split(/\s+/);
  if (text.length > MAX_CHARACTERS || parts.length !== FIELDS.length) {
    return { ok: false, problems: [shapeProblem(text, parts)] };
  }
  const problems: Problem[] = [];
  const fields = FIELDS.map((field, index) => {
    const part = parts[index] ?? '';
    const read = readField(field, part);
    if (read === undefined) problems.push(fieldProblem(field, part));
    return read;
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, pattern: fields.join(' ') };
}

function readField(field: Field, part: string): string | undefined {
  if (part === '?') return field.question === true ? '*' : undefined;
  const items = part.split(',').map((item) => readItem(field, item));
  if (items.includes(undefined)) return undefined;
  // An "any" in a list makes the whole list "any", which matters where the two day fields are combined.
  return items.includes('*') ? '*' : items.join(',');
}

function readItem(field: Field, item: string): string | undefined {
  const parts = /^(?:(\*)|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d{1,2}))?$/i.exec(item);
  if (parts === null) return undefined;
  const [, star, first = '', last, stepText] = parts;
  const step = stepText === undefined ? undefined : Number(stepText);
  if (step !== undefined && (step < 1 || step > field.max)) return undefined;
  if (star !== undefined) return step === undefined || step === 1 ? '*' : `*/${step}`;
  const from = readValue(field, first);
  const to = last === undefined ? from : readValue(field, last);
  if (from === undefined || to === undefined || to < from) return undefined;
  if (step !== undefined) return `${from}-${last === undefined ? field.max : to}/${step}`;
  return last === undefined ? `${from}` : `${from}-${to}`;
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
  const question = field.question === true ? ' ?' : '';
  return {
    message: `the cron field "${field.name}" cannot be ${show(part)}`,
    found: show(part),
    allowed: `${field.min}-${field.max}${names}, joined by , - * /${question}`,
    hint: fieldHint(field, part),
  };
}

function fieldHint(field: Field, part: string): string | undefined {
  if (/[LW#]/i.test(part) && /\d[LW]|^LW?$|#/i.test(part)) {
    return 'L, W and # belong to other schedulers and are not known here.';
  }
  if (field.name === 'day of week' && /\b7\b/.test(part)) return 'Sunday is 0.';
  return undefined;
}

function shapeProblem(text: string, parts: string[]): Problem {
  const problem = { message: 'the cron expression does not have six fields', allowed: SHAPE };
  if (text.length > MAX_CHARACTERS) {
    return {
      ...problem,
      message: `the cron expression is longer than ${MAX_CHARACTERS} characters`,
    };
  }
  const hint = /\bCRON_TZ=/i.test(text)
    ? 'The zone is the field `timezone`: leave CRON_TZ=... out.'
    : text.startsWith('@')
      ? 'Write the times out: "0 0 3 * * *" is every day at 03:00.'
      : parts.length === 5
        ? `The first field is the second: for a crontab line write "0 ${parts.join(' ')}".`
        : parts.length === 7
          ? 'Leave the year out.'
          : undefined;
  return { ...problem, hint };
}
