import { randomBytes } from 'node:crypto';
import type { Io } from '../io/io.ts';
import { type OptionSpec, wrongUse } from '../program/command.ts';
import { tokenValue } from '../program/id-values.ts';
import type { Session } from '../sign-in/connect.ts';
import { fold } from '../text/fold.ts';
import { wordsOf, type Words } from '../words/words.ts';
import { printEnd, printRequested, wake } from './requested-run.ts';
import { watchToEnd } from './watch-to-end.ts';

export type FollowOptions = { token?: string; wait?: boolean; drive?: boolean };

/** Returns the options of the commands that request a run and watch it. `what`: what such a run is called. */
export function followOptions(what: string): OptionSpec[] {
  return [
    {
      flags: '--token <text>',
      text: `idempotency key; the same token again returns the same ${what}`,
      parse: tokenValue,
    },
    { flags: '--no-wait', text: `request the ${what} and exit` },
    {
      flags: '--drive',
      text: 'do the work in this process, under the same lease as the functions',
    },
  ];
}

/** Returns the options with their defaults. Throws wrong use for a run that is neither waited for nor driven elsewhere. */
export function readFollow({
  token = randomBytes(16).toString('hex'),
  wait = true,
  drive = false,
}: FollowOptions): Required<FollowOptions> {
  if (drive && !wait)
    throw wrongUse('--drive and --no-wait exclude each other', 'leave one of them out');
  return { token, wait, drive };
}

/** `what`: what the run is called. `phones`: whether JSON lists every phone. */
type Requested = {
  what: keyof Words['watch']['kinds'];
  runId: string;
  repeated: boolean;
  driveCommand: string;
  phones: boolean;
};

/**
 * Says that a run was requested, wakes drive, and watches the run to its end unless `wait` is false. Returns the exit code, and
 * whether the run has ended.
 */
export async function follow(
  io: Io,
  session: Session,
  { what, runId, repeated, driveCommand, phones }: Requested,
  { wait, drive, json }: { wait: boolean; drive: boolean; json: boolean },
): Promise<{ code: number; isOver: boolean }> {
  const print = (text: string) => io.err(fold(text, io.errColumns));
  const words = wordsOf(io).watch;
  const kind = words.kinds[what];
  print(repeated ? words.requestedBefore(kind, runId) : words.requested(kind, runId));
  if (!drive) await wake(session, () => print(words.notWoken));
  if (!drive && session.settings.driveUrn === undefined) {
    print(words.noDriveUrn);
  }
  if (!wait) return { code: await printRequested(io, session, runId, json), isOver: false };
  const run = { runId, driveCommand };
  const watched = await watchToEnd(io, session, run, drive);
  const code = await printEnd(io, session, run, { ...watched, drive, json, phones });
  return { code, isOver: watched.isOver };
}
