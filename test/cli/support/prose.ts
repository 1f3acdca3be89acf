import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../../../cli/text/width.ts';

/** Two English words in a row outside of commands, keys and settings. */
const ENGLISH = /(?<![\w./:`$-])[a-z]{2,} [a-z]{2,}\b(?![/.:=-]\S)/;

/** Returns the lines of a text in Chinese that hold English prose. Commands stand in backticks, or behind `phonevault` or `npx`. */
export function englishIn(text: string): string[] {
  return linesOf(text).filter((line) =>
    ENGLISH.test(line.replace(/`[^`]*`|(?:phonevault|npx) [\w -]+/g, '')),
  );
}

/** Returns the lines that are wider than a window, but for those of one long word, such as a key. */
export function tooWide(text: string, columns: number): string[] {
  return linesOf(text).filter(
    (line) => widthOf(line) > columns && !/^\s*[^\s\p{Script=Han}]+$/u.test(line),
  );
}

const linesOf = (text: string): string[] => stripVTControlCharacters(text).split('\n');
