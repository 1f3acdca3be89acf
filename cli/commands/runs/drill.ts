import { randomBytes } from 'node:crypto';
import { hasCode } from '../../../lib/errors.ts';
import { requestDrill } from '../../../lib/run/request/request-drill.ts';
import { policyValue, tokenValue } from '../../program/id-values.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { noSuchPolicy } from '../../show/policies.ts';
import { connect } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { printEnd, printRequested, wake } from '../../watch/requested-run.ts';
import { watchToEnd } from '../../watch/watch-to-end.ts';

type Options = { token?: string; wait?: boolean; drive?: boolean };

/** Starts a drill of a policy now, and watches it to its end. */
export const drillCommand: Command<Options> = {
  name: 'drill',
  summary: "restore a policy's archives to its scratch phones, as a test",
  description: [
    'Restores good archives of the policy to the scratch phones in its `drill.target`, as its schedule does, and restarts them. What these phones hold is lost; no other phone is changed.',
    'Exits with 0 when the drill passed, with 1 when not, and with 130 after Ctrl-C: the drill continues without you.',
  ].join(' '),
  arguments: [{ name: '<policy>', text: 'the name of a policy with a drill' }],
  options: [
    {
      flags: '--token <text>',
      text: 'idempotency key; the same token again returns the same drill',
      parse: tokenValue,
    },
    { flags: '--no-wait', text: 'request the drill and exit' },
    {
      flags: '--drive',
      text: 'do the work in this process, under the same lease as the functions',
    },
  ],
  examples: [
    {
      run: 'phonevault drill nightly',
      shows: 'Run restore-1f4c...: completed\nDrill of nightly: passed within 6 min',
    },
    { run: 'phonevault drill nightly --no-wait --json' },
  ],
  async run({ args: [name = ''], options, json }, io) {
    const policy = policyValue(name);
    const { token = randomBytes(16).toString('hex'), wait = true, drive = false } = options;
    if (drive && !wait)
      throw wrongUse('--drive and --no-wait exclude each other', 'leave one of them out');
    const session = await connect(io, { needsTopic: drive });
    const print = (text: string) => io.err(fold(text, io.errColumns));
    const requested = requestDrill(session.deps, { policy, token });
    const { runId, repeated } = await requested.catch(async (error: unknown) => {
      throw hasCode(error, 'policy_not_found') ? await noSuchPolicy(session.deps, policy) : error;
    });
    print(`${repeated ? 'Requested before' : 'Requested'}: drill ${runId}`);
    if (!drive) await wake(session, print);
    if (!wait) return printRequested(io, session, runId, json);
    const driveCommand = `phonevault drill ${policy} --token ${token} --drive`;
    const run = { runId, driveCommand };
    const watched = await watchToEnd(io, session, run, drive);
    return printEnd(io, session, run, { ...watched, drive, json, phones: true });
  },
};
