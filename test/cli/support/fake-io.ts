import type { Io } from '../../../cli/io/io.ts';
import { runCli } from '../../../cli/run-cli.ts';
import { checkText } from '../../../testing/leaks/check-text.ts';
import { playClock } from '../../../testing/play-clock.ts';

export type FakeIo = {
  io: Io;
  /** Everything that was printed on either output, and the lines that were drawn over each other. */
  printed: { out: string[]; err: string[]; status: string[] };
  /** Sends Ctrl-C. Returns false when no handler is registered. */
  interrupt(): boolean;
  /** Runs a command line. Returns its exit code and only what it printed. */
  run(...argv: string[]): Promise<{ code: number; out: string; err: string; status: string[] }>;
};

/** The world of a command without a terminal, a network or time of its own, unless `changes` give it them. */
export function fakeIo(changes: Partial<Io> = {}): FakeIo {
  const printed: FakeIo['printed'] = { out: [], err: [], status: [] };
  const listeners = new Set<() => void>();
  const refuse = () => Promise.reject(new Error('a test without a network'));
  const io: Io = {
    out: (text) => void printed.out.push(checkText('cli', text)),
    err: (text) => void printed.err.push(checkText('cli', text)),
    status: (text) => void printed.status.push(checkText('cli', text)),
    clear: () => void printed.out.splice(0),
    outIsTerminal: false,
    errIsTerminal: false,
    columns: Infinity,
    errColumns: Infinity,
    env: {},
    cwd: '/nowhere',
    home: '/nowhere',
    zone: 'Europe/Berlin',
    language: 'en',
    clock: playClock(),
    random: () => 0.5,
    send: refuse,
    onInterrupt(handler) {
      listeners.add(handler);
      return () => listeners.delete(handler);
    },
    ask: async () => undefined,
    readStdin: async () => '',
    parts: { version: '0.0.0', dist: '/nowhere', local: [], worker: '/nowhere' },
    runNode: refuse,
    ...changes,
  };
  return {
    io,
    printed,
    interrupt() {
      for (const handler of listeners) handler();
      return listeners.size > 0;
    },
    async run(...argv) {
      const from = [printed.out.length, printed.err.length, printed.status.length] as const;
      const code = await runCli(argv, io);
      return {
        code,
        out: printed.out.slice(from[0]).join('\n'),
        err: printed.err.slice(from[1]).join('\n'),
        status: printed.status.slice(from[2]),
      };
    },
  };
}
