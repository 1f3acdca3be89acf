import { policyJsonSchema } from '../../lib/policy/schema/json-schema.ts';
import type { Command } from '../program/command.ts';
import { toJson } from '../text/printable.ts';

/** Prints the JSON Schema of a policy file. */
export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of a policy, for editors',
  description: 'Prints the JSON Schema (draft 7) of the policies that this version accepts.',
  examples: [
    { run: 'phonevault schema > policy.schema.json' },
    {
      run: "sed -i '1i # yaml-language-server: $schema=policy.schema.json' nightly.yaml",
    },
  ],
  async run(_call, io) {
    io.out(toJson(policyJsonSchema()));
    return 0;
  },
};
