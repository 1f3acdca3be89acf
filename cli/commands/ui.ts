import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { changedIo } from '../io/changed-io.ts';
import type { Io } from '../io/io.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { wholeNumber } from '../program/option-values.ts';
import { isCredential, withProfile } from '../sign-in/profile.ts';
import { size } from '../text/size.ts';
import { toJson } from '../text/printable.ts';
import { createUi } from '../ui/app.tsx';
import { fileOf } from '../ui/file.tsx';
import { createLedger, type Ledger } from '../ui/ledgers.ts';
import { serveUi } from '../ui/serve.ts';

const PORT = 8377;

type Options = {
  port?: number;
  out?: string;
  envFile?: string[];
  stage?: string;
  checks?: boolean;
};

/** Shows the policies, phones and runs on a page. */
export const uiCommand: Command<Options> = {
  name: 'ui',
  summary: 'show policies, phones and runs on a page in the browser',
  description: [
    'Serves a page on this machine alone (127.0.0.1) that shows the last 30 nights of each policy, how fresh the backups of',
    'its phones are, the run that goes on, what failed and what to do. It uses your credentials and changes nothing.',
    'With --out it writes the page into one file and ends.',
  ].join(' '),
  options: [
    {
      flags: '--port <n>',
      text: 'the port to serve it on; 0 for a free one',
      default: PORT,
      parse: wholeNumber(0, 65_535),
    },
    { flags: '--out <file>', text: 'write the page into this HTML file instead' },
    {
      flags: '--env-file <file...>',
      text: 'show the ledgers of several projects or regions: a file of NAME=value lines each, with the settings and credentials in which it differs from the environment, or a profile: PHONEVAULT_PROFILE=south',
    },
    { flags: '--stage <name>', text: 'the stage that the checks look for', default: 'prod' },
    { flags: '--no-checks', text: 'with --out: leave out the checks of `phonevault doctor`' },
  ],
  examples: [
    { run: 'phonevault ui', shows: `http://127.0.0.1:${PORT}/` },
    { run: 'phonevault ui --out backups.html' },
    { run: 'phonevault ui --env-file north.env --env-file south.env' },
  ],
  async run({ options, json }, io) {
    const { port = PORT, out, stage = 'prod', checks = true } = options;
    const ledgers = await openLedgers(io, options.envFile ?? [], stage);
    const deps = { ledgers, clock: io.clock, zone: io.zone };
    if (out !== undefined) {
      const html = await fileOf(deps, io.language, { checks });
      const file = resolve(io.cwd, out);
      const bytes = Buffer.byteLength(html);
      await writeFile(file, html).catch(cannot(`write ${out}`));
      io.out(json ? toJson({ file, bytes }) : `${file} (${size(bytes)})`);
      return 0;
    }
    const server = await serveUi(createUi(deps).respond, port).catch(
      cannot(`listen on port ${port}`, 'another program may use it: choose another with --port'),
    );
    io.out(json ? toJson({ url: server.url }) : server.url);
    if (!json) io.err('Ctrl-C ends it.');
    await new Promise<void>((done) => {
      const stop = io.onInterrupt(() => {
        stop();
        done();
      });
    });
    await server.close();
    return 0;
  },
};

/** Returns the ledger of the environment, or one for each file. */
async function openLedgers(io: Io, files: readonly string[], stage: string): Promise<Ledger[]> {
  if (files.length === 0) return [createLedger(io, nameOf(io.env), stage)];
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(resolve(io.cwd, file), 'utf8').catch(cannot(`read ${file}`));
      const env = withFile(io.env, await ownSettings(io, parseEnv(text)));
      return createLedger(
        changedIo(io, { env }),
        `${basename(file, '.env')}: ${nameOf(env)}`,
        stage,
      );
    }),
  );
}

/** Returns the settings of a file and, for what it does not set, those of the profile that it names. */
async function ownSettings({ home }: Io, file: Io['env']): Promise<Io['env']> {
  return file.PHONEVAULT_PROFILE?.trim() ? withProfile({ env: file, home }) : file;
}

/** Two users are never mixed: the credentials of a file replace all those of the environment. */
function withFile(env: Io['env'], file: Io['env']): Io['env'] {
  const hasOwn = Object.keys(file).some(isCredential);
  const kept = Object.entries(env).filter(([name]) => !(hasOwn && isCredential(name)));
  return { ...Object.fromEntries(kept), ...file };
}

function nameOf({ PHONEVAULT_REGION, PHONEVAULT_BUCKET, PHONEVAULT_PREFIX }: Io['env']): string {
  const place = `obs://${PHONEVAULT_BUCKET ?? '?'}/${PHONEVAULT_PREFIX ?? 'phonevault/'}`;
  return [PHONEVAULT_REGION, place].filter(Boolean).join(' ');
}

/** For `catch`: says what a file or the network did not let us do. */
function cannot(what: string, hint?: string) {
  return (error: unknown): never => {
    const { code } = error as { code?: unknown };
    throw wrongUse(`cannot ${what}: ${typeof code === 'string' ? code : 'it failed'}`, hint);
  };
}
