import type { Help } from 'commander';
import type { Example } from './command.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold, foldCommand } from '../text/fold.ts';
import { pad } from '../text/width.ts';
import { helpIn, noteIn } from '../words/help/translate.ts';

const MAX_COLUMNS = 100;
const MIN_TEXT_COLUMNS = 30;

/** Returns the layout of help: two columns, or in a narrow window each text below its name. */
export function helpFormat(io: Io): Partial<Help> {
  const c = colours(io);
  const say = (text: string): string => helpIn(io.language, text);
  return {
    styleTitle: (title) => c.bold(say(title)),
    commandDescription: (command) => say(command.description()),
    subcommandDescription: (command) => say(command.summary() || command.description()),
    argumentDescription: ({ description, argChoices, defaultValue }) =>
      say(description) + noteIn(io.language, { choices: argChoices, value: defaultValue }),
    optionDescription: ({ description, argChoices, defaultValue }) =>
      say(description) + noteIn(io.language, { choices: argChoices, value: defaultValue }),
    styleCommandDescription: (text) => fold(text, Math.min(io.columns, MAX_COLUMNS), ''),
    styleUsage: (usage) =>
      fold(usage, Math.min(io.columns, MAX_COLUMNS) - 'Usage: '.length, '    '),
    boxWrap: (text) => text,
    formatItem(term, termWidth, text) {
      const columns = this.helpWidth ?? 80;
      const room = columns - termWidth - 4;
      if (text === '') return `  ${term}`;
      if (room < MIN_TEXT_COLUMNS) {
        return `${fold(`  ${term}`, columns)}\n${fold(`      ${text}`, columns, '')}`;
      }
      const lines = fold(text, room, '').split('\n');
      const start = `  ${pad(term, termWidth)}  `;
      return start + lines.join(`\n${' '.repeat(termWidth + 4)}`);
    },
  };
}

/** Returns the examples below a command's help: what to type, and what it prints. */
export function examplesText(examples: readonly Example[], io: Io): string {
  const c = colours(io);
  const columns = Math.min(io.columns, MAX_COLUMNS);
  const blocks = examples.map(({ run, shows }) => {
    const typed = foldCommand(`  $ ${run}`, columns);
    const lines = shows?.split('\n').map((line) => fold(`  ${line}`, columns)) ?? [];
    return [typed, ...lines.map((line) => c.dim(line))].join('\n');
  });
  const title = helpIn(io.language, examples.length === 1 ? 'Example:' : 'Examples:');
  return `\n${c.bold(title)}\n${blocks.join('\n\n')}`;
}
