import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Command } from '../program/command.ts';
import { signInFromEnv } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import { forContext } from '../invoke/credentials.ts';
import { handlerFile } from '../invoke/handlers.ts';
import { readEvent } from '../invoke/read-event.ts';
import { runHandler } from '../invoke/run-handler.ts';
import { durationValue } from '../program/option-values.ts';

const TIMEOUT_MS = 60_000;

type Options = { event?: string; timeout?: number };

/** Runs a built handler on this machine, as FunctionGraph does in the cloud. */
export const invokeCommand: Command<Options> = {
  name: 'invoke',
  summary: 'run a built handler on this machine',
  description: [
    'Runs dist/<handler>.js as FunctionGraph does, with the settings and credentials of this environment. Prints its',
    'result as JSON and its log on standard error. It changes what the function changes: drive starts real exports.',
  ].join(' '),
  arguments: [{ name: '<handler>', text: 'schedule, drive, http or event' }],
  options: [
    {
      flags: '-e, --event <file>',
      text: 'the event as JSON; - reads standard input (default: {})',
    },
    {
      flags: '-t, --timeout <time>',
      text: 'time limit of the handler (default: 60s)',
      parse: durationValue,
    },
  ],
  examples: [
    { run: 'phonevault invoke drive', shows: '{\n  "kind": "worked",\n  "open": 0\n}' },
    { run: 'phonevault invoke schedule --event timer.json --timeout 30s' },
  ],
  async run({ args: [name = ''], options }, io) {
    const file = await handlerFile(io.parts.dist, name);
    const event = await readEvent(io, options.event);
    const facts = await factsOf(io, basename(file, '.js'), options.timeout ?? TIMEOUT_MS);
    io.out(await runHandler(io, { file, event, facts }));
    return 0;
  },
};

async function factsOf(io: Io, functionName: string, timeoutMs: number) {
  const { settings, signedIn } = await signInFromEnv(io);
  const own = Object.entries(io.env).filter(([key]) => key.startsWith('PHONEVAULT_'));
  return {
    functionName,
    timeoutMs,
    requestId: randomUUID(),
    projectId: settings.projectId,
    userData: Object.fromEntries(own) as Record<string, string>,
    credentials: forContext(signedIn.credentials),
  };
}
