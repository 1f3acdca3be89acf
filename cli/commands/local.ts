import type { Command } from '../program/command.ts';
import { examplesText } from '../program/help.ts';
import { fold } from '../text/fold.ts';

const EXAMPLES = [
  {
    run: 'phonevault local --port 18000 --phones 200',
    shows: '{"ready":true,"cph":"http://127.0.0.1:18000", ...}',
  },
];

/** The embedded cloud: CPH, IAM, OBS, SMN and FunctionGraph on loopback. */
export const localCommand: Command = {
  name: 'local',
  summary: 'start the embedded cloud on this machine',
  examples: EXAMPLES,
  passThrough: true,
  async run({ args }, io) {
    const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
    if (!wantsHelp) return (await io.runNode([...io.parts.local, ...args])).code;
    // The embedded cloud prints its own usage; it appears under this command's name.
    const { text } = await io.runNode([...io.parts.local, '--help'], { capture: true });
    const usage = text.slice(Math.max(0, text.indexOf('Usage:'))).trimEnd();
    io.out(
      fold(usage.replace(/npm run (?:local|\S+) --/, 'phonevault local'), io.columns, '      '),
    );
    io.out(examplesText(EXAMPLES, io));
    return 0;
  },
};
