/**
 * Two times. `now` is true time: dates, signatures, LastModified, X-Sdk-Date.
 * `model` runs `speed` times faster: job times, throttle windows, visibility, passing states.
 * Under test both come from one injected clock, so that a night passes in a second.
 */
export type Time = {
  now(): number;
  model(): number;
  /** The model time at which it was a true time of the past. */
  modelOf(trueTime: number): number;
  /** Waits `ms` of true time (a hang, a slow body). */
  sleep(ms: number): Promise<void>;
  speed(): number;
  setSpeed(speed: number): void;
  /** Calls `listener` whenever the speed has been set. */
  onSpeed(listener: () => void): void;
};

/** Where true time comes from: the machine's clock, or one that a test moves by hand. */
export type BaseClock = { now(): number; sleep(ms: number): Promise<void> };

export const machineClock: BaseClock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * The cloud's two times over one base clock; both start at the same value.
 * `speed` is how many milliseconds of model time pass in one of true time.
 */
export function createTime(base: BaseClock, speed = 1): Time {
  let current = speed;
  let trueOrigin = base.now();
  let modelOrigin = trueOrigin;
  const listeners: (() => void)[] = [];
  const before: { trueOrigin: number; modelOrigin: number; speed: number }[] = [];
  const model = () => modelOrigin + (base.now() - trueOrigin) * current;
  return {
    now: () => base.now(),
    model,
    sleep: (ms) => base.sleep(ms),
    speed: () => current,
    modelOf(trueTime) {
      if (trueTime >= trueOrigin) return modelOrigin + (trueTime - trueOrigin) * current;
      const then = before.findLast((one) => one.trueOrigin <= trueTime);
      // Before the beginning both were one.
      if (then === undefined) return trueTime;
      return then.modelOrigin + (trueTime - then.trueOrigin) * then.speed;
    },
    setSpeed(next) {
      before.push({ trueOrigin, modelOrigin, speed: current });
      modelOrigin = model();
      trueOrigin = base.now();
      current = next;
      for (const listener of listeners) listener();
    },
    onSpeed: (listener) => void listeners.push(listener),
  };
}

/** The true time at which model time was `model`, as long as the speed has not changed since. */
export function trueTimeOf(time: Time, model: number): number {
  return Math.round(time.now() - (time.model() - model) / time.speed());
}
