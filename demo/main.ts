import { join, relative, resolve } from 'node:path';
import { runNight, type DemoContext } from './night.ts';
import { createTerminal, say } from './terminal.ts';

const INTERRUPTED = 130;

/** Runs the demo and cleans up in any case. Returns the exit code. */
async function main(root: string, data: string): Promise<number> {
  const io = createTerminal(root, data);
  const interrupt = new AbortController();
  const cleanUp: (() => unknown)[] = [];
  const context: DemoContext = {
    ...{ io, root, data, signal: interrupt.signal },
    atEnd: (step) => void cleanUp.unshift(step),
  };
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt.signal.onabort = () => reject(new Error('interrupted'));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort());
  }
  // The reader of a pipe may stop reading.
  process.stdout.on('error', () => interrupt.abort());
  try {
    await Promise.race([runNight(context), interrupted]);
    return 0;
  } catch (error) {
    io.status('');
    if (interrupt.signal.aborted) {
      say(io, 'Interrupted.');
      return INTERRUPTED;
    }
    const { message, hint } = error as Error & { hint?: string };
    say(io, `The demo failed: ${message}`);
    if (hint !== undefined) say(io, hint);
    say(io, `Logs: ${relative(root, data)}/*.log`);
    return 1;
  } finally {
    for (const step of [...cleanUp]) {
      try {
        await step();
      } catch {
        // The other steps must still run.
      }
    }
    io.close();
  }
}

// Node.js 20 is supported; the AWS SDK warns of what it will need in 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const root = join(import.meta.dirname, '..');
process.exit(await main(root, resolve(root, process.argv[2] ?? '.phonevault')));
