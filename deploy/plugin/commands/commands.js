const adopt = {
  usage: 'Take over functions of these names that Phonevault did not deploy',
  type: 'boolean',
};
const prune = { usage: 'Remove triggers that are not in serverless.yml', type: 'boolean' };
const dropSecrets = { usage: 'Remove encrypted settings that are not set now', type: 'boolean' };
const changing = { adopt, prune, 'drop-secrets': dropSecrets };

/** Our own commands of the framework, and our options of its commands. */
export const commands = {
  plan: {
    usage: 'Print what deploy would change; exit code 2 if anything',
    lifecycleEvents: ['plan'],
    options: changing,
  },
  iam: {
    usage: 'Write the agencies and policies of this stage to .phonevault/iam',
    lifecycleEvents: ['iam'],
  },
  deploy: { options: changing, commands: { function: { options: changing } } },
  remove: { options: { adopt } },
  logs: { options: { minutes: { usage: 'Minutes to go back', type: 'string' } } },
};
