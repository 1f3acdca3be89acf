import { homedir } from 'node:os';
import { nodeSend } from '../../lib/cloud/request/send.ts';
import { realClock } from '../../lib/runtime/real-clock.ts';
import type { Io } from './io.ts';
import { askOn } from './ask-on.ts';
import { proxyFor } from './proxy.ts';
import { partsFrom } from './parts.ts';
import { readText } from './read-text.ts';
import { runNode } from './run-node.ts';
import { cut } from '../text/width.ts';

/** The cursor goes to the top left, and all below it is removed. */
const CLEAR_SCREEN = '\u001b[H\u001b[J';
const CLEAR_LINE = '\r\u001b[K';

/** Returns the real Io. `folder` is that of the entry module. `close` closes what keeps the process alive. */
export function realIo(folder: string): Io & { close(): void } {
  const { stdin, stdout, stderr, env } = process;
  const send = nodeSend({ proxy: proxyFor() });
  let isDrawn = false;
  const status = (text: string) => {
    if (!stderr.isTTY || env.TERM === 'dumb' || (text === '' && !isDrawn)) return;
    isDrawn = text !== '';
    stderr.write(CLEAR_LINE + cut(text, widthOf(stderr) - 1));
  };
  const print = (stream: NodeJS.WriteStream) => (text: string) => {
    status('');
    stream.write(`${text}\n`);
  };
  const widthOf = (stream: NodeJS.WriteStream) => {
    const given = Number(env.COLUMNS);
    const width = stream.columns || (given > 0 ? given : stream.isTTY ? 80 : Infinity);
    return Math.max(20, width);
  };
  return {
    out: print(stdout),
    err: print(stderr),
    status,
    clear: () => void (stdout.isTTY && env.TERM !== 'dumb' && stdout.write(CLEAR_SCREEN)),
    outIsTerminal: stdout.isTTY === true,
    errIsTerminal: stderr.isTTY === true,
    get columns() {
      return widthOf(stdout);
    },
    get errColumns() {
      return widthOf(stderr);
    },
    env,
    cwd: process.cwd(),
    home: homedir(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language: 'en',
    clock: realClock,
    random: Math.random,
    send,
    onInterrupt(handler) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, handler);
      return () => {
        for (const signal of signals) process.off(signal, handler);
      };
    },
    ask: (question, options) =>
      stdin.isTTY && stderr.isTTY
        ? askOn({ input: stdin, output: stderr }, question, options)
        : Promise.resolve(undefined),
    readStdin: (maxBytes) => readText(stdin, maxBytes),
    parts: partsFrom(folder),
    runNode,
    close: () => send.close(),
  };
}
