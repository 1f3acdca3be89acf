import { SingleBar } from 'cli-progress';
import { barLine, plainLine } from './progress-line.ts';
import type { Screen } from './screen.ts';
import type { Tally } from './tally.ts';

export type Progress = {
  show(tally: Tally): void;
  /** May be called twice; nothing is shown after it. */
  stop(): void;
};

const LINES_EVERY_MS = 2_000;

/** Progress since `started` (epoch ms): one bar on a terminal, else a line whenever something has changed. */
export function createProgress(screen: Screen, started: number): Progress {
  return screen.live ? bar(screen, started) : lines(screen, started);
}

function bar(screen: Screen, started: number): Progress {
  let latest: Tally | undefined;
  let stopped = false;
  const single = new SingleBar({
    stream: screen.stream,
    format: () =>
      latest === undefined ? '' : barLine(latest, Date.now() - started, screen.width() - 1),
    fps: 5,
    hideCursor: true,
    gracefulExit: false,
  });
  return {
    show(tally) {
      if (stopped) return;
      const first = latest === undefined;
      latest = tally;
      if (first) single.start(tally.total, 0);
      single.update(tally.verified + tally.ended);
    },
    stop() {
      if (!stopped && latest !== undefined) single.stop();
      stopped = true;
    },
  };
}

function lines(screen: Screen, started: number): Progress {
  let told = '';
  let toldAt = 0;
  let pending: Tally | undefined;
  let stopped = false;
  const tell = (tally: Tally) => {
    pending = undefined;
    told = JSON.stringify(tally);
    toldAt = Date.now();
    screen.raw(plainLine(tally, toldAt - started));
  };
  return {
    show(tally) {
      if (stopped || JSON.stringify(tally) === told) return;
      if (Date.now() - toldAt < LINES_EVERY_MS) pending = tally;
      else tell(tally);
    },
    stop() {
      if (pending !== undefined) tell(pending);
      stopped = true;
    },
  };
}
