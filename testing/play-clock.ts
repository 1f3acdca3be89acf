import type { Clock } from '../lib/clock.ts';

export type PlayClock = Clock & { move(ms: number): void };

/** A clock that moves only by `move` and during sleeps. */
export function playClock(start = Date.UTC(2026, 0, 2, 2, 30)): PlayClock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += Math.max(0, ms);
    },
    move: (ms) => {
      now += ms;
    },
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
    sleep: async (ms) => {
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
