// @ts-check
'use strict';

// The instance's clock: the cloud's model time. At speed 1 that is the machine's own; else Date, performance.now() and
// timers run `speed` times faster. What Node.js does inside (socket timeouts, DNS) keeps the machine's time.

const timersModule = require('node:timers');
const promisesModule = require('node:timers/promises');
const { promisify } = require('node:util');
const { createTimers } = require('./timers.cjs');

const RealDate = globalThis.Date;
const real = {
  setTimeout: globalThis.setTimeout,
  now: RealDate.now,
  performanceNow: globalThis.performance.now.bind(globalThis.performance),
};

/** @typedef {{ machineAt: number, modelAt: number, speed: number }} Anchor at machine time, model time was */

let anchor = { machineAt: real.now(), modelAt: real.now(), speed: 1 };
/** The machine's time when the anchor was set. */
let anchoredAt = real.now();
let performanceAnchor = { realAt: real.performanceNow(), at: real.performanceNow() };

/** Between two of the machine's milliseconds lie `speed` of the model's: finer than Date tells them. */
function modelNow() {
  if (anchor.speed === 1) return Math.floor(anchor.modelAt + real.now() - anchor.machineAt);
  const since = anchoredAt - anchor.machineAt + real.performanceNow() - performanceAnchor.realAt;
  return Math.floor(anchor.modelAt + since * anchor.speed);
}

function performanceNow() {
  return performanceAnchor.at + (real.performanceNow() - performanceAnchor.realAt) * anchor.speed;
}

const { clear, ScaledTimer, ticks, wait, rearm } = createTimers(performanceNow, () => anchor.speed);

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
  anchoredAt = real.now();
  const changed = next.speed !== anchor.speed;
  anchor = next;
  if (changed) rearm();
}

module.exports = { install, setClock, modelNow };
