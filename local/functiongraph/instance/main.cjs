// @ts-check
'use strict';

// An instance of a function: loads its handlers and runs one event at a time. Messages are JSON lines on descriptor 3. The
// function prints to standard output; a mark there ends the output of an event.

const { readSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Socket } = require('node:net');
const { join } = require('node:path');
const { install, setClock, simulatedNow } = require('./clock.cjs');
const { createContext } = require('./context.cjs');

const [root = '', ...names] = process.argv.slice(2);
const write = process.stdout.write.bind(process.stdout);
const { stringify, parse } = JSON;

const channel = new Socket({ fd: 3, readable: true, writable: true });
const send = (/** @type {object} */ message, /** @type {() => void} */ then = () => undefined) =>
  void channel.write(`${stringify(message)}\n`, then);
const end = process.exit.bind(process);

// A single stream keeps the lines in order.
process.stderr.write = /** @type {typeof process.stderr.write} */ (
  process.stdout.write.bind(process.stdout)
);
process.argv.splice(2);

install();

/** @type {Record<string, unknown>} */
const handlers = {};

/** Loads `<path>.<export>` of each entry. */
function load() {
  for (const name of names) {
    const dot = name.lastIndexOf('.');
    const loaded = createRequire(join(root, 'index.js'))(join(root, name.slice(0, dot)));
    const found = loaded[name.slice(dot + 1)];
    if (typeof found !== 'function') throw new TypeError(`${name} is not a function`);
    handlers[name] = found;
  }
}

/** @param {unknown} error */
function describe(error) {
  if (error instanceof Error) return { errorMessage: error.message, errorType: error.name };
  const text = typeof error === 'string' ? error : (stringify(error) ?? String(error));
  return { errorMessage: text, errorType: 'Error' };
}

/**
 * Calls a handler and waits for its promise or its callback. Any other return value is ignored.
 * @param {Function} handler @param {unknown[]} args
 */
function call(handler, args) {
  return new Promise((resolve, reject) => {
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error === null || error === undefined ? resolve(result) : reject(error);
    const returned = handler(...args, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

/** @param {any} message */
async function run({ entry, event, context, initializer }) {
  const print = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
  const args = [createContext(context, simulatedNow, print)];
  if (!initializer) args.unshift(parse(event));
  try {
    const result = await call(/** @type {Function} */ (handlers[entry]), args);
    return { ok: true, result: initializer ? '' : (stringify(result) ?? '') };
  } catch (error) {
    return { ok: false, ...describe(error) };
  }
}

/** Blocks until the next event, so that nothing of the function runs in between. Exits when the cloud is gone. */
function pause() {
  if (readSync(4, Buffer.alloc(1)) === 0) end(0);
}

/** @param {any} message */
function receive(message) {
  setClock(message.clock);
  if (message.kind === 'clock') return;
  void run(message).then((outcome) => {
    const memory = process.memoryUsage.rss();
    write(`${message.mark}\n`);
    send({ kind: 'done', ...outcome, memory }, pause);
  });
}

let unread = '';
channel.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
  const lines = (unread + text).split('\n');
  unread = lines.pop() ?? '';
  for (const line of lines) receive(parse(line));
});
channel.on('error', () => end(0)).on('close', () => end(0));

try {
  load();
  send({ kind: 'loaded' });
} catch (error) {
  send({ kind: 'failed', ...describe(error) });
}
