import { widthOf } from './width.ts';

/** Lines of at most `columns` cells; what is continued is set in by `indent`. A word longer than a line gets its own. */
export function fold(text: string, columns: number, indent = '  '): string {
  return text
    .split('\n')
    .map((line) => foldLine(line, columns, indent, ''))
    .join('\n');
}

/** The same for a command line: broken lines end in a backslash, so that they can be copied. */
export function foldCommand(line: string, columns: number, indent = '    '): string {
  return foldLine(line, columns, indent, ' \\');
}

function foldLine(line: string, columns: number, indent: string, end: string): string {
  if (widthOf(line) <= columns) return line;
  const own = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(/ +/)) {
    const start = lines.length === 0 ? own : own + indent;
    const longer = current === '' ? start + word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > columns - end.length) {
      lines.push(current + end);
      current = own + indent + word;
    } else current = longer;
  }
  return [...lines, current].join('\n');
}
