import type { Document } from 'yaml';
import { Composer, Lexer, Parser } from 'yaml';
import { type Path, type Problem, clip } from './validation-error.ts';

/** A problem of the YAML itself, with its offset in the text. */
export type YamlProblem = Problem & { path: Path; offset: number };

export const PLAIN_YAML =
  'plain YAML 1.2: one mapping of texts, numbers, true, false, lists and mappings';

const DEEPEST = 32;
// Every id that fits into a file has six at most.
const MAX_LEXEMES = 50_000;

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Look for a bracket that is not closed, also in the lines above.',
  MULTIPLE_DOCS: 'Put each policy into a file of its own.',
  BAD_SCALAR_START: 'Put the value in quotes.',
  UNEXPECTED_TOKEN: 'Text with { } [ ] , : # * & in it needs quotes.',
  MISSING_CHAR: 'Look for a bracket or quote that is not closed, also in the lines above.',
};

const MAX_STRAYS = 100;
const BLANKS = new Set(['space', 'newline', 'comment']);

/** Cuts what the parser could not place: each piece would be an error of its own, and the first tells enough. */
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
 * Parses and composes within bounds that no policy comes near: the composer recurses, and so could overflow the stack,
 * and takes seconds over a large file of nothing but errors.
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
        if (token.type === 'directive') report(token.offset, 'the file has a % directive');
        if (token.type === 'error' && ++errors > MAX_STRAYS) return;
        cutStrays(token);
        yield token;
      }
      if (parser.stack.length > DEEPEST) report(parser.offset, 'the file is nested too deeply');
      if (++lexemes > MAX_LEXEMES) report(parser.offset, 'the file has too many parts');
      if (problems.length > 0) return;
    }
    for (const token of parser.end()) {
      cutStrays(token);
      yield token;
    }
  }
  // Duplicate keys are found by the walk: the composer compares every key with every other.
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
  });
  const documents = [...composer.compose(tokens(), true, text.length)];
  if (problems.length > 0) return { documents, problems };
  const errors = documents.flatMap((document) => document.errors);
  // After a first error the parser stumbles over what follows: that is the same fault once more.
  const own = errors.filter(({ code }, index) => index === 0 || code !== 'UNEXPECTED_TOKEN');
  for (const { code, message, pos } of own) report(pos[0], clip(message), HINTS[code]);
  const second = documents[1];
  if (second !== undefined && problems.length === 0) {
    report(second.range[0], 'the file holds more than one document', HINTS['MULTIPLE_DOCS']);
  }
  return { documents, problems };
}

/** Shows the line of the text from an offset on. */
export function snippet(text: string, offset: number): string {
  const line = text.slice(offset, offset + 80).split(/[\r\n]/, 1)[0] ?? '';
  return line === '' ? 'the end of a line' : `"${clip(line)}"`;
}
