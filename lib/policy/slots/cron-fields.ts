/** One field of a cron expression. */
export type Field = {
  name: string;
  min: number;
  max: number;
  /** Names of the values, starting with `min`. */
  words?: readonly string[];
  /** True when `?` is allowed; it means any value. */
  allowsAny?: boolean;
};

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** The syntax of FunctionGraph timers (functiongraph_01_0207, functiongraph_01_0908). */
export const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, allowsAny: true },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS, allowsAny: true },
];

const ITEM = /^(?:(\*)|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d{1,2}))?$/i;

/** Returns a field as numbers, lists, ranges and steps, or undefined when it is invalid. */
export function readField(field: Field, part: string): string | undefined {
  if (part === '?') return field.allowsAny === true ? '*' : undefined;
  const items = part.split(',').map((item) => readItem(field, item));
  if (items.includes(undefined)) return undefined;
  // A list with `*` means any value, which a cron library may only see in a plain `*`.
  return items.includes('*') ? '*' : items.join(',');
}

function readItem(field: Field, item: string): string | undefined {
  const parts = ITEM.exec(item);
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

/** Returns the number of a value or name, or undefined when the field has no such value. */
export function readValue(field: Field, word: string): number | undefined {
  const index = field.words?.findIndex((name) => name.toLowerCase() === word.toLowerCase()) ?? -1;
  if (index >= 0) return field.min + index;
  if (!/^\d{1,2}$/.test(word)) return undefined;
  const value = Number(word);
  return value >= field.min && value <= field.max ? value : undefined;
}

/** Returns the values of a field that `readField` returned. */
export function valuesOf({ min, max }: Field, part: string): Set<number> {
  const values = new Set<number>();
  for (const item of part.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [first = '', last = first] = range === '*' ? [`${min}`, `${max}`] : range.split('-');
    for (let value = Number(first); value <= Number(last); value += Number(step)) values.add(value);
  }
  return values;
}
