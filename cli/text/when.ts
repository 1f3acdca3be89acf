import type { Io } from '../io/io.ts';
import { wordsOf } from '../words/words.ts';
import { ago, inZone } from './time.ts';

/** Returns a time (ISO 8601) in the reader's zone, and how long ago it is. */
export function when(io: Pick<Io, 'clock' | 'zone' | 'language'>, at: string): string {
  const ms = Date.parse(at);
  const note = wordsOf(io).common.note(ago(io.clock.now() - ms, io.language));
  return inZone(ms, io.zone) + note;
}

/** Returns the time to the minute, for a table whose head names the zone. */
export function minuteOf(io: Pick<Io, 'zone'>, at: string): string {
  return inZone(Date.parse(at), io.zone).slice(0, 'YYYY-MM-DD hh:mm'.length);
}
