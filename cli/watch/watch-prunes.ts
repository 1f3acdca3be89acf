import { layout } from '../../lib/ledger/store/layout.ts';
import type { Io } from '../io/io.ts';
import type { Session } from '../sign-in/connect.ts';
import { fold } from '../text/fold.ts';
import { wordsOf } from '../words/words.ts';
import { driveHere } from './drive-here.ts';
import { createFailureLimit } from './failure-limit.ts';

const POLL_MS = 1_000;
const QUIET_MS = 3 * 60_000;

/**
 * Waits until drive has applied the retention rules of the policies, or Ctrl-C: then returns false. Drives meanwhile if `drive` is
 * set. Throws what ends the watch or stops every drive.
 */
export async function watchPrunes(
  io: Io,
  session: Session,
  policies: readonly string[],
  drive: boolean,
): Promise<boolean> {
  if (policies.length === 0) return true;
  const watching = new AbortController();
  const driving = new AbortController();
  const stopListening = io.onInterrupt(() => watching.abort());
  const drove = drive
    ? driveHere(session, { signal: driving.signal, onResult: () => undefined }).finally(() =>
        watching.abort(),
      )
    : Promise.resolve();
  // It is awaited below; until then a failure must not count as unhandled.
  drove.catch(() => undefined);
  try {
    const isDone = await untilClosed(io, session, policies, watching.signal);
    driving.abort();
    await drove;
    return isDone;
  } finally {
    driving.abort();
    io.status('');
    stopListening();
  }
}

async function untilClosed(
  io: Io,
  { deps }: Session,
  policies: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const { clock, store } = deps;
  const words = wordsOf(io).retention;
  const wanted = new Set(policies.map(layout.pruneRequest));
  const failures = createFailureLimit();
  const started = clock.now();
  let isAdvised = false;
  while (!signal.aborted) {
    try {
      const listed = await store.list('open/prune/');
      failures.reset();
      const left = listed.filter(({ key }) => wanted.has(key)).length;
      if (left === 0) return true;
      io.status(words.applying(left));
    } catch (error) {
      failures.add(error);
    }
    if (!isAdvised && clock.now() - started >= QUIET_MS) {
      isAdvised = true;
      io.err(fold(words.notDone, io.errColumns));
    }
    await clock.sleep(POLL_MS, signal);
  }
  return false;
}
