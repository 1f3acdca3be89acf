// @ts-check
'use strict';

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

/**
 * Timers on a clock that runs `speed` times faster than the machine's.
 * @param {() => number} now reads that clock, in ms @param {() => number} speed
 */
function createTimers(now, speed) {
  /** @type {Set<ScaledTimer>} */
  const pending = new Set();

  /** A timer that can be re-armed after a change of speed. */
  class ScaledTimer {
    /** @param {(...args: unknown[]) => void} callback @param {unknown} delay @param {unknown[]} args @param {boolean} repeats */
    constructor(callback, delay, args, repeats) {
      const ms = Number(delay);
      this.callback = callback;
      this.args = args;
      this.ms = ms >= 1 && ms <= 2_147_483_647 ? ms : 1;
      this.repeats = repeats;
      this.referenced = true;
      this.start();
    }

    start() {
      this.due = now() + this.ms;
      this.arm();
    }

    arm() {
      real.clearTimeout(this.timer);
      const left = Math.max(0, (this.due ?? 0) - now());
      this.timer = real.setTimeout(() => this.fire(), left / speed());
      if (!this.referenced) this.timer.unref();
      pending.add(this);
    }

    fire() {
      if (this.repeats) this.start();
      else pending.delete(this);
      this.callback(...this.args);
    }

    close() {
      real.clearTimeout(this.timer);
      pending.delete(this);
      return this;
    }

    ref() {
      this.referenced = true;
      this.timer?.ref();
      return this;
    }

    unref() {
      this.referenced = false;
      this.timer?.unref();
      return this;
    }

    hasRef() {
      return this.referenced;
    }

    refresh() {
      this.start();
      return this;
    }

    [Symbol.toPrimitive]() {
      return Number(this.timer);
    }
  }

  /** @param {unknown} timer */
  function clear(timer) {
    if (timer instanceof ScaledTimer) timer.close();
    else if (typeof timer === 'number' || typeof timer === 'string') {
      const found = [...pending].find((one) => Number(one) === Number(timer));
      if (found === undefined) real.clearTimeout(timer);
      else found.close();
    } else real.clearTimeout(/** @type {NodeJS.Timeout | undefined} */ (timer));
  }

  /** @param {unknown} delay @param {unknown} value @param {{ signal?: AbortSignal, ref?: boolean }} [options] */
  function wait(delay, value, options = {}) {
    return new Promise((resolve, reject) => {
      const { signal, ref = true } = options;
      const abort = () => {
        timer.close();
        reject(
          Object.assign(new Error('The operation was aborted'), {
            name: 'AbortError',
            code: 'ABORT_ERR',
            cause: signal?.reason,
          }),
        );
      };
      const timer = new ScaledTimer(
        () => {
          signal?.removeEventListener('abort', abort);
          resolve(value);
        },
        delay,
        [],
        false,
      );
      if (!ref) timer.unref();
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** @param {unknown} delay @param {unknown} value */
  async function* ticks(delay, value) {
    for (;;) yield await wait(delay, value);
  }

  /** Re-arms all timers after a change of speed. */
  const rearm = () => {
    for (const timer of pending) timer.arm();
  };

  return { clear, ScaledTimer, ticks, wait, rearm };
}

module.exports = { createTimers };
