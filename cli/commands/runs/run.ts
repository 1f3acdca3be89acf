import { requestRun } from '../../../lib/run/request/request-run.ts';
import type { Command } from '../../program/command.ts';
import { findExisting } from '../../restore/find-phone.ts';
import { connect } from '../../sign-in/connect.ts';
import { phoneValue, policyValue } from '../../program/id-values.ts';
import { orNoSuchPolicy } from '../../show/policies.ts';
import { follow, followOptions, type FollowOptions, readFollow } from '../../watch/follow.ts';

type Options = FollowOptions & { phone?: string[]; phones?: boolean };

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
    ...followOptions('run'),
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
    const { token, ...how } = readFollow(options);
    const session = await connect(io, { needsTopic: how.drive });
    const phones = options.phone && (await findExisting(session.deps, options.phone));
    const request = { policy, token, trigger: 'manual', ...(phones && { phones }) } as const;
    const requested = await requestRun(session.deps, request).catch(
      orNoSuchPolicy(session.deps, policy),
    );
    const command = ['phonevault run', policy, ...(phones ?? []).map((id) => `--phone ${id}`)];
    const driveCommand = [...command, `--token ${token} --drive`].join(' ');
    const run = {
      ...requested,
      what: 'run' as const,
      driveCommand,
      phones: options.phones ?? false,
    };
    return (await follow(io, session, run, { ...how, json })).code;
  },
};
