import type { Document } from 'yaml';
import { Composer, Lexer, Parser } from 'yaml';
import { lineHint } from './line-hint.ts';
import { type Path, type Problem, clip } from './validation-error.ts';

/** A YAML error and its offset in the text. */
export type YamlProblem = Problem & { path: Path; offset: number };

export const PLAIN_YAML =
  'plain YAML 1.2: a mapping with strings, numbers, booleans, lists and mappings';

const DEEPEST = 32;
// More than in the largest file of phone ids: about 7,000 ids of 32 characters, at most six tokens each.
const MAX_LEXEMES = 50_000;

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Check this line and the lines above for a bracket that is not closed.',
  BLOCK_AS_IMPLICIT_KEY: 'Put each field on its own line, indented like its neighbours.',
  MULTIPLE_DOCS: 'Put each policy in its own file.',
  BAD_SCALAR_START: 'Put the value in quotes.',
  UNEXPECTED_TOKEN: 'Put text that contains { } [ ] , : # * & in quotes.',
  MISSING_CHAR: 'Check this line and the lines above for a bracket or quote that is not closed.',
};

const MAX_STRAYS = 100;
const MAX_MESSAGE = 120;
const BLANKS = new Set(['space', 'newline', 'comment']);

/** Removes most tokens that the parser could not place: each would be one more error. */
function cutStrays(token: object): void {
  for (const [name, value] of Object.entries(token) as [string, unknown][]) {
    if (Array.isArray(value) && ['start', 'sep', 'end'].includes(name)) {
      const strays = (value as { type: string }[]).filter(({ type }) => !BLANKS.has(type));
      if (strays.length > MAX_STRAYS) value.splice(MAX_STRAYS);
    } else if (Array.isArray(value)) {
      for (const entry of value as object[]) cutStrays(entry);
    } else if (typeof value === 'object' && value !== null) cutStrays(value);
  }
}

/**
 * Parses YAML within limits that no policy reaches. Without them, the composer could overflow the stack, and a large file
 * full of errors would take seconds.
 */
export function composeYaml(text: string): { documents: Document[]; problems: YamlProblem[] } {
  const problems: YamlProblem[] = [];
  const report = (offset: number, message: string, hint?: string) => {
    problems.push({
      path: [],
      offset,
      message,
      hint,
      found: snippet(text, offset),
      allowed: PLAIN_YAML,
    });
  };
  const parser = new Parser();
  function* tokens() {
    let lexemes = 0;
    let errors = 0;
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) {
        if (token.type === 'directive') report(token.offset, 'YAML directives (%) are not allowed');
        if (token.type === 'error' && ++errors > MAX_STRAYS) return;
        cutStrays(token);
        yield token;
      }
      if (parser.stack.length > DEEPEST) report(parser.offset, 'the file is nested too deeply');
      if (++lexemes > MAX_LEXEMES) report(parser.offset, 'the file has too many YAML tokens');
      if (problems.length > 0) return;
    }
    for (const token of parser.end()) {
      cutStrays(token);
      yield token;
    }
  }
  // `readYaml` finds duplicate keys: the composer would compare every key with every other.
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
  });
  const documents = [...composer.compose(tokens(), true, text.length)];
  if (problems.length > 0) return { documents, problems };
  const errors = documents.flatMap((document) => document.errors);
  // Unexpected tokens after the first error are mostly its consequences.
  const reported = errors.filter(({ code }, index) => index === 0 || code !== 'UNEXPECTED_TOKEN');
  for (const { code, message, pos } of reported)
    report(pos[0], clip(message, MAX_MESSAGE), lineHint(lineAt(text, pos[0])) ?? HINTS[code]);
  const second = documents[1];
  if (second !== undefined && problems.length === 0) {
    report(
      second.range[0],
      'the file contains more than one YAML document',
      HINTS['MULTIPLE_DOCS'],
    );
  }
  return { documents, problems };
}

const MAX_LINE = 256;

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return (
    text.slice(Math.max(start, offset - MAX_LINE), offset + MAX_LINE).split(/[\r\n]/, 1)[0] ?? ''
  );
}

/** Returns the rest of the line at an offset, shortened and in quotes. */
export function snippet(text: string, offset: number): string {
  const line = text.slice(offset, offset + 80).split(/[\r\n]/, 1)[0] ?? '';
  return line === '' ? 'the end of the line' : `"${clip(line)}"`;
}
