import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { realIo } from '../../../cli/io/real-io.ts';

type Stream = 'stdout' | 'stderr';
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The real Io, whose outputs are terminals of so many columns, or pipes. Returns what it writes, in order. */
function scene(terminal: { columns: number } | undefined) {
  const written: [Stream, string][] = [];
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('COLUMNS', undefined);
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const had = Object.getOwnPropertyDescriptors(stream);
    for (const [key, value] of [
      ['isTTY', terminal !== undefined],
      ['columns', terminal?.columns],
    ] as const) {
      Object.defineProperty(stream, key, { value, configurable: true, writable: true });
      closing.push(() => {
        if (had[key] === undefined) delete (stream as unknown as Record<string, unknown>)[key];
        else Object.defineProperty(stream, key, had[key]);
      });
    }
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push([name, String(text)]) > 0);
  }
  const io = realIo(join(import.meta.dirname, '../../../cli'));
  closing.push(() => io.close());
  return { io, written };
}

describe('realIo', () => {
  it('adds line ends, and draws nothing into a pipe', () => {
    const { io, written } = scene(undefined);
    io.out('result');
    io.err('trouble');
    io.status('half');
    io.clear();
    expect(written).toEqual([
      ['stdout', 'result\n'],
      ['stderr', 'trouble\n'],
    ]);
    expect([io.outIsTerminal, io.errIsTerminal]).toEqual([false, false]);
  });

  it('removes the status line before anything else is printed, and draws it within the width', () => {
    const { io, written } = scene({ columns: 30 });
    io.status('');
    expect(written).toEqual([]);
    io.status('x'.repeat(50));
    io.out('result');
    io.out('more');
    const [drawn, removed, ...rest] = written.map(([, text]) => text);
    expect(drawn).toMatch(/^\r\u001b\[Kx{1,28}…?$/);
    expect([removed, ...rest]).toEqual(['\r\u001b[K', 'result\n', 'more\n']);
  });

  it('draws nothing on a dumb terminal', () => {
    const { io, written } = scene({ columns: 80 });
    vi.stubEnv('TERM', 'dumb');
    io.status('half');
    io.clear();
    expect(written).toEqual([]);
  });

  it.each([
    ['a terminal', { columns: 100 }, undefined, 100],
    ['a narrow terminal', { columns: 5 }, undefined, 20],
    ['a terminal that does not say', { columns: 0 }, undefined, 80],
    ['a terminal that does not say, with COLUMNS', { columns: 0 }, '60', 60],
    ['a pipe', undefined, undefined, Infinity],
    ['a pipe with COLUMNS', undefined, '60', 60],
    ['a pipe with COLUMNS that is no number', undefined, 'wide', Infinity],
  ])('has the width of %s', (_, terminal, columns, expected) => {
    const { io } = scene(terminal);
    vi.stubEnv('COLUMNS', columns);
    expect([io.columns, io.errColumns]).toEqual([expected, expected]);
  });

  it('asks nobody where there is no terminal', async () => {
    expect(await scene(undefined).io.ask('Go on?')).toBeUndefined();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('listens to %s until it is stopped', (signal) => {
    const { io } = scene(undefined);
    const before = process.listenerCount(signal);
    let heard = 0;
    const stop = io.onInterrupt(() => (heard += 1));
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.listeners(signal).at(-1)?.(signal);
    stop();
    expect([heard, process.listenerCount(signal)]).toEqual([1, before]);
  });
});
