import type { ValidationError } from '../../lib/policy/parse/validation-error.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { widthOf } from '../text/width.ts';
import { sayIn } from '../words/sentences/say.ts';
import { wordsOf } from '../words/words.ts';
import type { Checked } from './check.ts';
import { slotsText } from './slots-text.ts';

const WIDEST_SOURCE = 120;

/** Returns `file: ok` with its notes, or each error of a file with its line, a caret below it and a hint. */
export function errorsText(checked: Checked, io: Io): string {
  const { file, ok, errors, source } = checked;
  const c = colours(io);
  const { plan, common } = wordsOf(io);
  if (ok)
    return [
      fold(file + common.colon + c.green(plan.valid), io.columns, ''),
      ...notes(checked, io),
    ].join('\n');
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
  return errors
    .map((error) => {
      const place = [file, error.line, error.column].filter((part) => part !== undefined).join(':');
      return [
        fold(`${c.bold(`${place}:`)} ${error.message}`, io.columns),
        ...pointer(error, lines, Math.min(io.columns, WIDEST_SOURCE)).map((line) => c.dim(line)),
        ...hints(error, io).map(([label, text]) =>
          fold(`  ${c.cyan(label)}${common.space}${text}`, io.columns, ''),
        ),
      ].join('\n');
    })
    .join('\n');
}

/** Returns a line for each warning of a valid policy, and its next slots. */
export function notes({ warnings = [], slots }: Checked, io: Io): string[] {
  const c = colours(io);
  const { plan, common } = wordsOf(io);
  return [
    ...warnings.map(
      (text) => `  ${c.yellow(common.warning)}${common.space}${sayIn(io.language, text)}`,
    ),
    ...(slots === undefined
      ? []
      : [`  ${plan.nextSlots}${common.space}${slotsText(slots, io.language)}`]),
  ].map((line) => fold(line, io.columns, ''));
}

/** Returns the hint, or else what is allowed, unless the message says it or the error has no line. */
function hints({ line, message, allowed, hint }: ValidationError, io: Io): [string, string][] {
  const { plan, common } = wordsOf(io);
  if (hint !== undefined) return [[common.hint, hint]];
  return line === undefined || message.includes(allowed) ? [] : [[plan.allowed, allowed]];
}

/** Returns the line of the error, cut around its column, and a caret below it. */
function pointer(
  { line, column = 1 }: ValidationError,
  lines: readonly string[],
  columns: number,
): string[] {
  const text = line === undefined ? undefined : lines[line - 1]?.replace(/\t/g, ' ');
  if (text === undefined || text.trim() === '') return [];
  const gutter = `  ${line} | `;
  const room = columns - gutter.length;
  const at = column - 1;
  // Wide characters take two cells: half as many fit.
  const most = widthOf(text) > text.length ? Math.floor(room / 2) : room;
  const start = Math.max(0, Math.min(at - Math.floor(most / 2), text.length - most));
  const shown = text.slice(start, start + most);
  const blank = `${' '.repeat(gutter.length - 2)}| `;
  return [
    (gutter + shown).trimEnd(),
    `${blank}${' '.repeat(widthOf(shown.slice(0, at - start)))}^`,
  ];
}
