// functiongraph_01_0207
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

/** @type {readonly { name: string, min: number, max: number, words?: string[], any?: boolean }[]} */
const FIELDS = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31, any: true },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of the week', min: 0, max: 6, words: DAYS, any: true },
];

/**
 * Returns why FunctionGraph would refuse a timer of type Cron; undefined if it would not.
 * @param {string} text
 * @returns {string | undefined}
 */
export function cronError(text) {
  if (text.startsWith('@')) {
    return /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text) ? undefined : 'use @every 30m';
  }
  const [, zone, expression = ''] = /^(?:CRON_TZ=(\S+) )?(.*)$/.exec(text) ?? [];
  if (zone !== undefined && !isZone(zone)) return `${zone} is not a time zone; use Asia/Shanghai`;
  const parts = expression.trim().split(/\s+/);
  // The last field is optional.
  if (parts.length !== 6 && parts.length !== 5) {
    return `a Cron has six fields, the second first, optionally after CRON_TZ=ZONE; this one has ${parts.length}`;
  }
  const wrong = FIELDS.find((field, index) => !isField(parts[index] ?? '*', field));
  if (wrong === undefined) return undefined;
  return `the ${wrong.name} must be ${wrong.min} to ${wrong.max}, with , - * and /`;
}

/** @param {string} zone */
function isZone(zone) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Z]\w*\/|^UTC$/.test(zone);
  } catch {
    return false;
  }
}

/** @param {string} text @param {typeof FIELDS[number]} field */
function isField(text, { min, max, words = [], any = false }) {
  if (text === '?') return any;
  /** @param {string} value */
  const read = (value) => {
    const word = words.indexOf(value.toLowerCase());
    if (word >= 0) return word + min;
    return /^\d{1,2}$/.test(value) ? Number(value) : NaN;
  };
  return text.split(',').every((part) => {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (step !== undefined && Number(step) < 1) return false;
    if (range === '*') return true;
    const [from = NaN, to = from, ...more] = range.split('-').map(read);
    return more.length === 0 && min <= from && from <= to && to <= max;
  });
}
