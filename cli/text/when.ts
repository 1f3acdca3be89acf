import type { Io } from '../io/io.ts';
import { ago, inZone } from './time.ts';

/** Returns a time (ISO 8601) in the reader's zone, and how long ago it is. */
export function when(io: Pick<Io, 'clock' | 'zone'>, at: string): string {
  const ms = Date.parse(at);
  return `${inZone(ms, io.zone)} (${ago(io.clock.now() - ms)})`;
}

/** Returns the time to the minute, for a table whose head names the zone. */
export function minuteOf(io: Pick<Io, 'zone'>, at: string): string {
  return inZone(Date.parse(at), io.zone).slice(0, 'YYYY-MM-DD hh:mm'.length);
}
