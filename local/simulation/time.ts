/**
 * The cloud's two clocks. Real time is for dates, signatures, LastModified and X-Sdk-Date. Simulated time runs `speed` times
 * faster; it is for job times, throttling windows, visibility and passing states. In tests both come from one injected
 * clock, so a night passes in a second.
 */
export type Time = {
  /** Real time, epoch ms. */
  now(): number;
  /** Simulated time, epoch ms. */
  simulated(): number;
  /** Converts a past real time to the simulated time at that moment. */
  toSimulated(realTime: number): number;
  /** Waits `ms` of real time. */
  sleep(ms: number): Promise<void>;
  speed(): number;
  setSpeed(speed: number): void;
  /** Calls `listener` after each change of speed. */
  onSpeedChange(listener: () => void): void;
};

/** The source of real time: the machine's clock, or one that a test moves. */
export type BaseClock = { now(): number; sleep(ms: number): Promise<void> };

export const machineClock: BaseClock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

type Segment = { realStart: number; simulatedStart: number; speed: number };

/** Both clocks over one base clock; they start at the same value. `speed` is simulated ms per real ms. */
export function createTime(base: BaseClock, speed = 1): Time {
  const start = base.now();
  let current: Segment = { realStart: start, simulatedStart: start, speed };
  const past: Segment[] = [];
  const listeners: (() => void)[] = [];
  const convert = ({ realStart, simulatedStart, speed: factor }: Segment, realTime: number) =>
    simulatedStart + (realTime - realStart) * factor;
  const simulated = () => convert(current, base.now());
  return {
    now: () => base.now(),
    simulated,
    sleep: (ms) => base.sleep(ms),
    speed: () => current.speed,
    toSimulated(realTime) {
      const segment = [...past, current].findLast(({ realStart }) => realStart <= realTime);
      // Before the start both clocks were equal.
      return segment === undefined ? realTime : convert(segment, realTime);
    },
    setSpeed(next) {
      past.push(current);
      current = { realStart: base.now(), simulatedStart: simulated(), speed: next };
      for (const listener of listeners) listener();
    },
    onSpeedChange: (listener) => void listeners.push(listener),
  };
}

/** Converts simulated to real time; correct only if the speed has not changed since then. */
export function toRealTime(time: Time, simulatedTime: number): number {
  return Math.round(time.now() - (time.simulated() - simulatedTime) / time.speed());
}
