import type { Help } from 'commander';
import type { Example } from './command.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold, foldCommand } from '../text/fold.ts';
import { pad } from '../text/width.ts';

const WIDEST = 100;
const LEAST_TEXT = 30;

/** How help is laid out: in two columns where there is room, else each text below its name. */
export function helpFormat(io: Io): Partial<Help> {
  const c = colours(io);
  return {
    styleTitle: (title) => c.bold(title),
    styleCommandDescription: (text) => fold(text, Math.min(io.columns, WIDEST), ''),
    styleUsage: (usage) => fold(usage, Math.min(io.columns, WIDEST) - 'Usage: '.length, '    '),
    boxWrap: (text) => text,
    formatItem(term, termWidth, text) {
      const columns = this.helpWidth ?? 80;
      const room = columns - termWidth - 4;
      if (text === '') return `  ${term}`;
      if (room < LEAST_TEXT) {
        return `${fold(`  ${term}`, columns)}\n${fold(`      ${text}`, columns, '')}`;
      }
      const lines = fold(text, room, '').split('\n');
      const start = `  ${pad(term, termWidth)}  `;
      return start + lines.join(`\n${' '.repeat(termWidth + 4)}`);
    },
  };
}

/** The examples below a command's help: what to type, and what it prints. */
export function examplesText(examples: readonly Example[], io: Io): string {
  const c = colours(io);
  const columns = Math.min(io.columns, WIDEST);
  const blocks = examples.map(({ run, shows }) => {
    const typed = foldCommand(`  $ ${run}`, columns);
    const lines = shows?.split('\n').map((line) => fold(`  ${line}`, columns)) ?? [];
    return [typed, ...lines.map((line) => c.dim(line))].join('\n');
  });
  return `\n${c.bold(examples.length === 1 ? 'Example:' : 'Examples:')}\n${blocks.join('\n\n')}`;
}
