import type { Clock } from '../lib/clock.ts';

export type PlayClock = Clock & { move(ms: number): void };

/** A clock that moves only by `move` and during sleeps. A sleep with a signal is a timeout: it lasts until others move the clock that far. */
export function playClock(start = Date.UTC(2026, 0, 2, 2, 30)): PlayClock {
  let now = start;
  const timeouts = new Map<() => void, number>();
  const move = (ms: number): void => {
    now += ms;
    for (const [end, at] of timeouts) if (at <= now) end();
  };
  const timeout = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        timeouts.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      timeouts.set(end, now + ms);
      signal.addEventListener('abort', end);
      if (signal.aborted || ms <= 0) end();
    });
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal === undefined) move(Math.max(0, ms));
      else await timeout(ms, signal);
    },
    move,
  };
}

export type AgendaClock = PlayClock & {
  /** Plans an event for the sleep that passes `time` (epoch ms). */
  at(time: number, event: () => unknown): void;
  /** The number of events to come. */
  left(): number;
};

/** A clock with planned events: each one runs to its end, during a sleep, before time goes on. */
export function agendaClock(start: number): AgendaClock {
  const clock = playClock(start);
  const agenda: { time: number; event: () => unknown }[] = [];
  const upTo = (time: number): void => clock.move(Math.max(0, time - clock.now()));
  return {
    ...clock,
    at: (time, event) => {
      const later = agenda.findIndex((other) => other.time > time);
      agenda.splice(later === -1 ? agenda.length : later, 0, { time, event });
    },
    left: () => agenda.length,
    sleep: async (ms, signal) => {
      if (signal !== undefined) return clock.sleep(ms, signal);
      const end = clock.now() + Math.max(0, ms);
      for (;;) {
        const [next] = agenda;
        if (next === undefined || next.time > end) break;
        agenda.shift();
        upTo(next.time);
        await next.event();
      }
      upTo(end);
    },
  };
}
