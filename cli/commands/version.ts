import type { Command } from '../program/command.ts';
import { toJson } from '../text/printable.ts';

/** Prints the versions of this program and of Node.js. */
export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version',
  examples: [{ run: 'phonevault version' }],
  async run({ json }, io) {
    const versions = { phonevault: io.parts.version, node: process.versions.node };
    io.out(json ? toJson(versions) : `phonevault ${versions.phonevault}, Node.js ${versions.node}`);
    return 0;
  },
};
