import { randomBytes } from 'node:crypto';
import { hasCode } from '../../../lib/errors.ts';
import { requestRun } from '../../../lib/run/request/request-run.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { findExisting } from '../../restore/find-phone.ts';
import { connect } from '../../sign-in/connect.ts';
import { phoneValue, policyValue, tokenValue } from '../../program/id-values.ts';
import { noSuchPolicy } from '../../show/policies.ts';
import { fold } from '../../text/fold.ts';
import { printEnd, printRequested, wake } from '../../watch/requested-run.ts';
import { watchToEnd } from '../../watch/watch-to-end.ts';

type Options = {
  phone?: string[];
  token?: string;
  wait?: boolean;
  drive?: boolean;
  phones?: boolean;
};

/** Starts a run of a policy now, and watches it to its end. */
export const runCommand: Command<Options> = {
  name: 'run',
  summary: 'run a policy now and watch it',
  description: [
    'Requests a run, wakes drive when PHONEVAULT_DRIVE_URN is set, and watches until the run is settled. Exits with 0 when',
    'it completed or had nothing to do, with 1 when not, and with 130 after Ctrl-C: the run continues without you.',
    'With --drive this process does the work, for use without functions. That needs PHONEVAULT_TOPIC_URN; Ctrl-C then',
    'waits for the current step (up to 10 s) and leaves the run open.',
  ].join(' '),
  arguments: [{ name: '<policy>', text: 'the name of a policy in the bucket' }],
  options: [
    {
      flags: '--phone <phone...>',
      text: 'only these phones of the policy, by id or name',
      parse: phoneValue,
    },
    {
      flags: '--token <text>',
      text: 'idempotency key; the same token again returns the same run',
      parse: tokenValue,
    },
    { flags: '--no-wait', text: 'request the run and exit' },
    {
      flags: '--drive',
      text: 'do the work in this process, under the same lease as the functions',
    },
    { flags: '--phones', text: 'with --json: also list every phone' },
  ],
  examples: [
    {
      run: 'phonevault run nightly',
      shows: 'Run nightly-1f4c...: completed\nexported (61)\n  game-0001 game-0002 ...',
    },
    { run: 'phonevault run nightly --phone game-0010 --drive' },
    { run: 'phonevault run nightly --token ticket-4711 --no-wait --json' },
  ],
  async run({ args: [name = ''], options, json }, io) {
    const policy = policyValue(name);
    const { phone, token = randomBytes(16).toString('hex'), wait = true, drive = false } = options;
    if (drive && !wait)
      throw wrongUse('--drive and --no-wait exclude each other', 'leave one of them out');
    const session = await connect(io, { needsTopic: drive });
    const print = (text: string) => io.err(fold(text, io.errColumns));

    const phones = phone && (await findExisting(session.deps, phone));
    const request = { policy, token, trigger: 'manual', ...(phones && { phones }) } as const;
    const { runId, repeated } = await requestRun(session.deps, request).catch(
      async (error: unknown) => {
        throw hasCode(error, 'policy_not_found') ? await noSuchPolicy(session.deps, policy) : error;
      },
    );
    print(`${repeated ? 'Requested before' : 'Requested'}: run ${runId}`);
    if (!drive) await wake(session, print);
    if (!drive && session.settings.driveUrn === undefined) {
      print(
        'PHONEVAULT_DRIVE_URN is not set. A deployed drive takes the run up within a minute; without functions nobody does: add --drive.',
      );
    }
    if (!wait) return printRequested(io, session, runId, json);

    const command = ['phonevault run', policy, ...(phones ?? []).map((id) => `--phone ${id}`)];
    const run = { runId, driveCommand: [...command, `--token ${token} --drive`].join(' ') };
    const watched = await watchToEnd(io, session, run, drive);
    return printEnd(io, session, run, { ...watched, drive, json, phones: options.phones ?? false });
  },
};
