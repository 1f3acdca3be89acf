import { createRequire } from 'node:module';
import { type ContextFacts, createContext } from './context.ts';

export type Invoke = { event: unknown; context: ContextFacts };
export type Outcome =
  { ok: true; result: unknown } | { ok: false; errorType: string; errorMessage: string };

type Handler = (event: unknown, context: ReturnType<typeof createContext>) => Promise<unknown>;

// A function's instance: a process of its own that has loaded the built handler and takes one event at
// a time. What the handler prints goes to standard output, which is the function's log.
const [file = ''] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(file) as { handler: Handler };
const machine = {
  now: () => Date.now(),
  write: (line: string) => void process.stdout.write(`${line}\n`),
};

async function invoke({ event, context }: Invoke): Promise<Outcome> {
  try {
    return { ok: true, result: await handler(event, createContext(context, machine)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { ok: false, errorType: name, errorMessage: message };
  }
}

process.on('message', (message: Invoke) => {
  void invoke(message).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when an instance ends.
process.on('SIGINT', () => undefined);
process.send?.({ loaded: true });
