import { inspect } from 'node:util';
import { checkText } from './check-text.ts';

let isWatching = false;

/** Checks everything that this process prints. */
export function watchOutput(): void {
  if (isWatching) return;
  isWatching = true;
  const printer: Console = console;
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = printer[name].bind(printer);
    printer[name] = (...args: unknown[]) => {
      checkText(
        'console',
        args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(),
      );
      print(...args);
    };
  }
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      checkText('console', typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return write(chunk, ...rest);
    };
  }
}
