import type { Io } from '../io/io.ts';
import type { Session } from '../sign-in/connect.ts';
import { fold } from '../text/fold.ts';
import { wordsOf } from '../words/words.ts';
import { driveHere } from './drive-here.ts';
import { type Watched, watchRun } from './watch.ts';

/** `driveCommand`: the command that drives this run from here. */
export type DrivableRun = { runId: string; driveCommand: string };

/**
 * Watches a run until it is over or Ctrl-C, and drives it meanwhile if `drive` is set. Throws what ends the watch or stops
 * every drive.
 */
export async function watchToEnd(
  io: Io,
  session: Session,
  { runId, driveCommand }: DrivableRun,
  drive: boolean,
): Promise<Watched> {
  const print = (text: string) => io.err(fold(text, io.errColumns));
  const words = wordsOf(io).watch;
  const watching = new AbortController();
  const driving = new AbortController();
  const stopListening = io.onInterrupt(() => watching.abort());
  const onResult = (kind: string) => {
    if (kind === 'lease_held') print(words.leaseHeld);
    if (kind === 'credentials_refused') print(words.credentialsRefused);
  };
  const drove = drive
    ? driveHere(session, { signal: driving.signal, onResult }).finally(() => watching.abort())
    : Promise.resolve();
  // It is awaited below; until then a failure must not count as unhandled.
  drove.catch(() => undefined);
  const advice = words.advice(driveCommand);
  try {
    const watched = await watchRun(io, session.deps, runId, {
      signal: watching.signal,
      ...(drive ? {} : { advice }),
    });
    driving.abort();
    if (drive && !watched.isOver) io.status(words.finishing);
    await drove;
    return watched;
  } catch (error) {
    driving.abort();
    await drove.catch(() => undefined);
    print(words.staysRequested(runId));
    throw error;
  } finally {
    stopListening();
  }
}
