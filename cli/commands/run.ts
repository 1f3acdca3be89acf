import { randomBytes } from 'node:crypto';
import { hasCode } from '../../lib/errors.ts';
import { requestRun } from '../../lib/run/request/request-run.ts';
import { getRun, readRunState } from '../../lib/run/query/get-run.ts';
import { wakeDrive } from '../../lib/run/request/wake-drive.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { connect, type Session } from '../sign-in/connect.ts';
import { driveHere } from '../watch/drive-here.ts';
import type { Io } from '../io/io.ts';
import { phoneValue, policyValue, tokenValue } from '../show/option-values.ts';
import { outcomeText } from '../show/outcome-text.ts';
import { noSuchPolicy } from '../show/policies.ts';
import { fold } from '../text/fold.ts';
import { toJson } from '../text/printable.ts';
import { type Watched, watchRun } from '../watch/watch.ts';

/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

type Options = {
  phone?: string[];
  token?: string;
  wait?: boolean;
  drive?: boolean;
  phones?: boolean;
};

type Run = { runId: string; again: string };

/** Asks for a run of a policy now, and watches it to its end. */
export const runCommand: Command<Options> = {
  name: 'run',
  summary: 'run a policy now and watch it',
  description: [
    'Asks for a run, wakes drive when PHONEVAULT_DRIVE_URN is set, and watches until the run is settled. Exits with 0 when it',
    'was completed or there was nothing to do, 1 when it was not, and 130 after Ctrl-C, which leaves the run going.',
    'With --drive the work is done from here, for use without functions: that needs PHONEVAULT_TOPIC_URN, and Ctrl-C then',
    'ends the step under way (up to 10 s) and leaves the run open.',
  ].join(' '),
  arguments: [{ name: '<policy>', text: 'the name of a policy in the bucket' }],
  options: [
    { flags: '--phone <id...>', text: 'only these of the policy’s phones', parse: phoneValue },
    {
      flags: '--token <text>',
      text: 'a name for this wish: the same token asks for the same run, however often',
      parse: tokenValue,
    },
    { flags: '--no-wait', text: 'only ask for the run' },
    { flags: '--drive', text: 'do the work from here, under the lease that the functions take' },
    { flags: '--phones', text: 'with --json: every phone too' },
  ],
  examples: [
    {
      run: 'phonevault run nightly',
      shows: 'Run nightly-1f4c...: completed\nexported (61)\n  game-0001 game-0002 ...',
    },
    { run: 'phonevault run nightly --phone 0123456789abcdef0123456789abcdef --drive' },
    { run: 'phonevault run nightly --token ticket-4711 --no-wait --json' },
  ],
  async run({ args: [name = ''], options, json }, io) {
    const policy = policyValue(name);
    const { phone, token = randomBytes(16).toString('hex'), wait = true, drive = false } = options;
    if (drive && !wait) throw wrongUse('--drive and --no-wait were given', 'leave one of them out');
    const session = await connect(io, { needsTopic: drive });
    const say = (text: string) => io.err(fold(text, io.errColumns));

    const ask = { policy, token, trigger: 'manual', ...(phone && { phones: phone }) } as const;
    const { runId, repeated } = await requestRun(session.deps, ask).catch(
      async (error: unknown) => {
        throw hasCode(error, 'policy_gone') ? await noSuchPolicy(session.deps, policy) : error;
      },
    );
    say(`${repeated ? 'Asked for before:' : 'Asked for:'} run ${runId}`);
    if (!drive) await wake(session, say);
    if (!wait) return tellAsked(io, session, runId, json);

    const again = ['phonevault run', policy, ...(phone ?? []).map((id) => `--phone ${id}`)];
    const run = { runId, again: [...again, `--token ${token} --drive`].join(' ') };
    const watched = await watchToTheEnd(io, session, run, drive, say);
    return tellEnd(io, session, run, { ...watched, drive, json, phones: options.phones ?? false });
  },
};

async function wake({ deps, wake }: Session, say: (text: string) => void) {
  if ((await wakeDrive(deps, wake)) !== 'failed') return;
  say('The drive function could not be woken: its timer takes the run up within a minute.');
}

/** Watches, and drives beside it if so wished, until the run is over or Ctrl-C. */
async function watchToTheEnd(
  io: Io,
  session: Session,
  { runId, again }: Run,
  drive: boolean,
  say: (text: string) => void,
): Promise<Watched> {
  const watching = new AbortController();
  const driving = new AbortController();
  const stopListening = io.onInterrupt(() => watching.abort());
  const tell = (kind: string) => {
    if (kind === 'held') say('Another drive is at work under the lease: this one waits.');
    if (kind === 'resting') say('Drives rest a while: the credentials were refused.');
  };
  const drove = drive
    ? driveHere(session, { signal: driving.signal, tell }).finally(() => watching.abort())
    : Promise.resolve();
  // Awaited below; until then a failure must not count as unhandled.
  drove.catch(() => undefined);
  const advice = `Is the timer of the drive function on? Driving from here: ${again}`;
  try {
    const watched = await watchRun(io, session.deps, runId, {
      signal: watching.signal,
      ...(drive ? {} : { advice }),
    });
    driving.abort();
    if (drive && !watched.isOver) io.status('ending the step under way …');
    await drove;
    return watched;
  } catch (error) {
    driving.abort();
    await drove.catch(() => undefined);
    say(`Run ${runId} stays asked for: phonevault runs show ${runId}`);
    throw error;
  } finally {
    stopListening();
  }
}

async function tellAsked(io: Io, { deps }: Session, runId: string, json: boolean): Promise<number> {
  if (json) io.out(toJson(await getRun(deps.store, runId, deps.clock.now())));
  else io.out(commandsText(io, runId));
  return 0;
}

function commandsText(io: Io, runId: string): string {
  return [`  look at it: phonevault runs show ${runId}`, `  cancel it: phonevault cancel ${runId}`]
    .map((line) => fold(line, io.columns, '    '))
    .join('\n');
}

async function tellEnd(
  io: Io,
  { deps }: Session,
  { runId, again }: Run,
  how: { isOver: boolean; drive: boolean; json: boolean; phones: boolean },
): Promise<number> {
  const { store, clock, ledger } = deps;
  // The message may have gone out since the watch saw the report.
  const found = await readRunState(store, runId, clock.now());
  const view = await found?.view();
  if (how.json) {
    const phones = how.phones ? await found?.phones() : undefined;
    io.out(toJson({ ...view, ...(phones && { phones }) }));
  }
  if (!how.isOver || view === undefined) {
    const driverless = `Nobody drives on from here. Unless a function does, go on with: ${again}`;
    io.err(
      fold(how.drive ? `The run stays open. ${driverless}` : 'The run goes on.', io.errColumns),
    );
    io.err(commandsText(io, runId));
    return INTERRUPTED;
  }
  if (!how.json) {
    const phones = (await found?.phones()) ?? [];
    io.out(outcomeText(io, view, phones, ledger));
  }
  return view.outcome === 'completed' || view.outcome === 'skipped' ? 0 : 1;
}
