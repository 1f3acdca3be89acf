import { widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** Measuring takes quadratic time: a longer line is not folded. */
const MAX_LINE = 4_000;

/** Folds a text to lines of at most `columns` cells; `indent` starts a continued line. A longer word gets its own line. */
export function fold(text: string, columns: number, indent = '  '): string {
  return text
    .split('\n')
    .map((line) => foldLine(line, columns, indent, ''))
    .join('\n');
}

/** Folds a command line with a backslash at the end of each line, so that a shell takes it as it is. */
export function foldCommand(line: string, columns: number, indent = '    '): string {
  return foldLine(line, columns, indent, ' \\');
}

function foldLine(line: string, columns: number, indent: string, end: string): string {
  if (line.length > MAX_LINE || widthOf(line) <= columns) return line;
  const own = /^ */.exec(line)?.[0] ?? '';
  const room = columns - own.length - end.length;
  const [first = '', ...more] = wrap(line.trim(), room, room - indent.length);
  return [own + first, ...more.map((part) => own + indent + part)].join(`${end}\n`);
}
