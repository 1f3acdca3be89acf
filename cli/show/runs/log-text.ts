import type { LogLine } from '../../../lib/run/query/schemas/run.ts';
import type { Io } from '../../io/io.ts';
import { cut } from '../../text/width.ts';
import { size } from '../../text/size.ts';
import { duration, inZone } from '../../text/time.ts';

const NAMES = 5;

/** Returns a line for each event of a run's log. `names` by phone id. */
export function logText(
  io: Io,
  lines: readonly LogLine[],
  names: ReadonlyMap<string, string>,
): string[] {
  const nameOf = (id: unknown) => names.get(String(id)) ?? String(id);
  return lines.map(({ at, type, phone_id, ...rest }) => {
    const details = Object.entries(rest).map(([field, value]) =>
      field === 'attempts' ? attemptsText(value, nameOf) : `${field} ${valueText(field, value)}`,
    );
    const who = phone_id === undefined ? [] : [nameOf(phone_id)];
    const text = [type, ...who, ...details].join('  ');
    return cut(`${inZone(Date.parse(at), io.zone)}  ${text}`, io.columns);
  });
}

function attemptsText(value: unknown, nameOf: (id: unknown) => string): string {
  const attempts = Array.isArray(value) ? (value as { phone_id?: unknown }[]) : [];
  const shown = attempts.slice(0, NAMES).map(({ phone_id }) => nameOf(phone_id));
  const rest = attempts.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(' ');
}

function valueText(field: string, value: unknown): string {
  if (field === 'size' && typeof value === 'number') return size(value);
  if (field === 'took' && typeof value === 'number') return duration(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
