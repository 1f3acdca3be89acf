// @ts-check
'use strict';

// The instance's clock, in simulated time: Date, performance.now() and timers run `speed` times faster than the machine's.
// What Node.js does internally (socket timeouts, DNS) stays on the machine's time.

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

/** @typedef {{ machineAt: number, simulatedAt: number, speed: number }} Anchor the simulated time at a machine time */

let anchor = { machineAt: real.now(), simulatedAt: real.now(), speed: 1 };
/** The machine's time when the anchor was set. */
let anchoredAt = real.now();
let performanceAnchor = { realAt: real.performanceNow(), at: real.performanceNow() };

/** Uses performance.now() at higher speeds: Date is too coarse, as one machine millisecond is `speed` simulated ones. */
function simulatedNow() {
  if (anchor.speed === 1) return Math.floor(anchor.simulatedAt + real.now() - anchor.machineAt);
  const since = anchoredAt - anchor.machineAt + real.performanceNow() - performanceAnchor.realAt;
  return Math.floor(anchor.simulatedAt + since * anchor.speed);
}

function performanceNow() {
  return performanceAnchor.at + (real.performanceNow() - performanceAnchor.realAt) * anchor.speed;
}

const { clear, ScaledTimer, ticks, wait, rearm } = createTimers(performanceNow, () => anchor.speed);

/** Replaces the global clock and timers. */
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
      Reflect.construct(target, args.length === 0 ? [simulatedNow()] : args, newTarget),
    apply: () => new RealDate(simulatedNow()).toString(),
    get: (target, key) => (key === 'now' ? simulatedNow : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = globalThis.Date;
  Object.defineProperty(globalThis.performance, 'now', {
    value: performanceNow,
    configurable: true,
    writable: true,
  });
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    const abort = () =>
      controller.abort(
        new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      );
    new ScaledTimer(abort, ms, [], false).unref();
    return controller.signal;
  };
}

/** Sets the simulated time and speed; re-arms the timers if the speed changed. @param {Anchor} next */
function setClock(next) {
  performanceAnchor = { realAt: real.performanceNow(), at: performanceNow() };
  anchoredAt = real.now();
  const changed = next.speed !== anchor.speed;
  anchor = next;
  if (changed) rearm();
}

module.exports = { install, setClock, simulatedNow };
