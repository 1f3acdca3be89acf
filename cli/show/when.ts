import type { Io } from '../io/io.ts';
import { ago, inZone } from '../text/time.ts';

/** A time (ISO 8601) on the person's wall, with how long ago that is. */
export function when(io: Pick<Io, 'clock' | 'zone'>, at: string): string {
  const ms = Date.parse(at);
  return `${inZone(ms, io.zone)} (${ago(io.clock.now() - ms)})`;
}

/** The same to the minute, for a table that names the zone in its head. */
export function minuteOf(io: Pick<Io, 'zone'>, at: string): string {
  return inZone(Date.parse(at), io.zone).slice(0, 'YYYY-MM-DD hh:mm'.length);
}
