import type { Clock } from '../clock.ts';
import { PhonevaultError, ServiceError } from '../errors.ts';
import { isSecret } from '../secret.ts';
import { visibleJson } from '../visible.ts';

type Level = 'info' | 'warn' | 'error';

/** Values of other types are written as `[object]`. */
export type Fields = Record<string, unknown>;

export type Log = Record<Level, (event: string, fields?: Fields) => void> & {
  /** Returns a log that adds these fields to every line. */
  with(fields: Fields): Log;
};

const MAX_TEXT = 500;
const MAX_ENTRIES = 20;
const MAX_FIELDS = 40;

// Fields with these names are never written, whatever their value.
const FORBIDDEN =
  /token|secret|passw|authorization|signature|credential|access_?key|cookie|imei|address|property|(?:^|_)(?:ip|body|headers?)$/i;

function errorFields(error: Error): Fields {
  if (error instanceof ServiceError) {
    const { code, message, hint, service, operation, status, serviceCode, requestId } = error;
    return { code, message, hint, service, operation, status, serviceCode, requestId };
  }
  if (error instanceof PhonevaultError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  // A foreign error's message may contain anything, so only its name and place are written.
  const place = /\n +at ([^\n]{1,200})/.exec(error.stack ?? '')?.[1];
  return { name: error.name, at: place };
}

function plain(value: unknown, depth: number): unknown {
  if (isSecret(value)) return '[secret]';
  if (value instanceof Error) return fieldsOf(errorFields(value), depth + 1);
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_TEXT ? value : `${value.slice(0, MAX_TEXT)}…`;
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value);
    default:
      break;
  }
  if (value === null) return null;
  if (Array.isArray(value) && depth === 0) {
    const kept = value.slice(0, MAX_ENTRIES).map((entry) => plain(entry, 1));
    return value.length > MAX_ENTRIES ? [...kept, `… ${value.length - MAX_ENTRIES} more`] : kept;
  }
  return '[object]';
}

function fieldsOf(fields: Fields, depth: number): Fields {
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => [name, FORBIDDEN.test(name) ? '[secret]' : plain(value, depth)]);
  return Object.fromEntries(entries) as Fields;
}

/**
 * Returns a log that writes one JSON object per line: `{time, level, event, ...base, ...fields}`. It cuts texts and lists, and
 * omits secrets (by type or by field name), objects and messages of foreign errors.
 */
export function createLog(
  write: (line: string) => void,
  clock: Pick<Clock, 'now'>,
  base: Fields = {},
): Log {
  const line = (level: Level) => (event: string, fields?: Fields) => {
    const time = new Date(clock.now()).toISOString();
    const own = fieldsOf({ ...base, ...fields }, 0);
    write(visibleJson({ ...own, time, level, event }));
  };
  return {
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => createLog(write, clock, { ...base, ...fields }),
  };
}
