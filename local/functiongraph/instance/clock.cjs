// @ts-check
'use strict';

// The instance's clock: the cloud's model time. At speed 1 that is the machine's own; else Date, performance.now() and
// timers run `speed` times faster. What Node.js does inside (socket timeouts, DNS) keeps the machine's time.

const timersModule = require('node:timers');
const promisesModule = require('node:timers/promises');
const { promisify } = require('node:util');

const RealDate = globalThis.Date;
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  now: RealDate.now,
  performanceNow: globalThis.performance.now.bind(globalThis.performance),
};

/** @typedef {{ machineAt: number, modelAt: number, speed: number }} Anchor at machine time, model time was */

let anchor = { machineAt: real.now(), modelAt: real.now(), speed: 1 };
let performanceAnchor = { realAt: real.performanceNow(), at: real.performanceNow() };

const modelNow = () => Math.floor(anchor.modelAt + (real.now() - anchor.machineAt) * anchor.speed);
const performanceNow = () =>
  performanceAnchor.at + (real.performanceNow() - performanceAnchor.realAt) * anchor.speed;

/** @type {Set<ScaledTimer>} */
const pending = new Set();

/** A timer that is set anew when the speed changes. */
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
    this.due = performanceNow() + this.ms;
    this.arm();
  }

  arm() {
    real.clearTimeout(this.timer);
    const left = Math.max(0, (this.due ?? 0) - performanceNow());
    this.timer = real.setTimeout(() => this.fire(), left / anchor.speed);
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

/** Puts this clock in the place of the machine's. */
function install() {
  const setTimeout = (
    /** @type {any} */ callback,
    /** @type {unknown} */ delay,
    /** @type {unknown[]} */ ...args
  ) => {
    if (typeof callback !== 'function') return real.setTimeout(callback);
    return new ScaledTimer(callback, delay, args, false);
  };
  const setInterval = (
    /** @type {any} */ callback,
    /** @type {unknown} */ delay,
    /** @type {unknown[]} */ ...args
  ) => {
    if (typeof callback !== 'function') return real.setTimeout(callback);
    return new ScaledTimer(callback, delay, args, true);
  };
  Object.defineProperty(setTimeout, promisify.custom, { value: wait });
  const timers = { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear };
  Object.assign(globalThis, timers);
  Object.assign(timersModule, timers);
  Object.assign(promisesModule, { setTimeout: wait, setInterval: ticks });
  Object.assign(promisesModule.scheduler, {
    wait: (/** @type {number} */ ms, /** @type {any} */ options) => wait(ms, undefined, options),
  });
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [modelNow()] : args, newTarget),
    apply: () => new RealDate(modelNow()).toString(),
    get: (target, key) => (key === 'now' ? modelNow : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = globalThis.Date;
  Object.defineProperty(globalThis.performance, 'now', {
    value: performanceNow,
    configurable: true,
    writable: true,
  });
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    const late = () =>
      controller.abort(
        new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      );
    new ScaledTimer(late, ms, [], false).unref();
    return controller.signal;
  };
}

/** From here on model time runs as told; what waits is set anew. @param {Anchor} next */
function setClock(next) {
  performanceAnchor = { realAt: real.performanceNow(), at: performanceNow() };
  const changed = next.speed !== anchor.speed;
  anchor = next;
  if (changed) for (const timer of pending) timer.arm();
}

module.exports = { install, setClock, modelNow };
