import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Io } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const MAX_TEXT = 64 * 1024;

/**
 * Runs a Node program to its end, in its own process group: Ctrl-C reaches it once, from here.
 */
export const runNode: Io['runNode'] = async (args, { capture = false } = {}) => {
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      if (text.length < MAX_TEXT) text += part;
    });
  }
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, text };
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
};
