import { requestDrill } from '../../../lib/run/request/request-drill.ts';
import { policyValue } from '../../program/id-values.ts';
import type { Command } from '../../program/command.ts';
import { orNoSuchPolicy } from '../../show/policies.ts';
import { connect } from '../../sign-in/connect.ts';
import { follow, followOptions, type FollowOptions, readFollow } from '../../watch/follow.ts';

/** Starts a drill of a policy now, and watches it to its end. */
export const drillCommand: Command<FollowOptions> = {
  name: 'drill',
  summary: "restore a policy's archives to its scratch phones, as a test",
  description: [
    'Restores good archives of the policy to the scratch phones in its `drill.target`, as its schedule does, and restarts them. What these phones hold is lost; no other phone is changed.',
    'Exits with 0 when the drill passed, with 1 when not, and with 130 after Ctrl-C: the drill continues without you.',
  ].join(' '),
  arguments: [{ name: '<policy>', text: 'the name of a policy with a drill' }],
  options: followOptions('drill'),
  examples: [
    {
      run: 'phonevault drill nightly',
      shows: 'Run restore-1f4c...: completed\nDrill of nightly: passed within 6 min',
    },
    { run: 'phonevault drill nightly --no-wait --json' },
  ],
  async run({ args: [name = ''], options, json }, io) {
    const policy = policyValue(name);
    const { token, ...how } = readFollow(options);
    const session = await connect(io, { needsTopic: how.drive });
    const requested = await requestDrill(session.deps, { policy, token }).catch(
      orNoSuchPolicy(session.deps, policy),
    );
    const driveCommand = `phonevault drill ${policy} --token ${token} --drive`;
    const run = { ...requested, what: 'drill' as const, driveCommand, phones: true };
    return (await follow(io, session, run, { ...how, json })).code;
  },
};
