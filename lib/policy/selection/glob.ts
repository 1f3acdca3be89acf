import { type Problem, show } from '../parse/validation-error.ts';

const MAX_CHARACTERS = 128;

type Token = { kind: 'star' } | { kind: 'one'; accepts: (char: string) => boolean };

const any: Token = { kind: 'one', accepts: () => true };

/** Returns what is wrong with a name pattern. `*` matches any text, `?` any character, `[a-z]` and `[!a-z]` one of a set. */
export function globProblems(glob: string): Problem[] {
  const allowed = `a pattern of 1 to ${MAX_CHARACTERS} characters with * ? [a-z] [!a-z]`;
  if (glob === '') return [{ message: 'the name pattern is empty', allowed }];
  if (glob.length > MAX_CHARACTERS) {
    return [{ message: `the name pattern has more than ${MAX_CHARACTERS} characters`, allowed }];
  }
  const problems: Problem[] = [];
  const outsideSets = glob.replace(/\[!?.[^\]]*\]/gsu, '');
  const unsupported = /[{}|\\]|^!/.exec(outsideSets)?.[0];
  if (unsupported !== undefined) {
    problems.push({
      message: `the name pattern contains ${show(unsupported)}, which is not supported`,
      allowed,
      hint:
        unsupported === '!'
          ? 'To leave out phones, use select.exclude.'
          : `To match the character itself, write [${unsupported}].`,
    });
  }
  if (compile(glob) === undefined) {
    problems.push({
      message: 'the name pattern contains a [ ] set that is not closed, empty or in reverse order',
      allowed,
    });
  }
  return problems;
}

/**
 * Returns a case-sensitive test for names. `glob` must have no problems. Not a regular expression: the time is at most
 * proportional to pattern length times name length.
 */
export function globMatcher(glob: string): (name: string) => boolean {
  const tokens = compile(glob) ?? [];
  return (name) => matches(tokens, [...name]);
}

function compile(glob: string): Token[] | undefined {
  const tokens: Token[] = [];
  const chars = [...glob];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at];
    if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push(any);
    else if (char === '[') {
      const negated = chars[at + 1] === '!';
      const first = at + (negated ? 2 : 1);
      const end = chars.indexOf(']', first + 1);
      const set = end < 0 ? undefined : readSet(chars.slice(first, end));
      if (set === undefined) return undefined;
      tokens.push({ kind: 'one', accepts: (other) => set(other) !== negated });
      at = end;
    } else tokens.push({ kind: 'one', accepts: (other) => other === char });
  }
  return tokens;
}

function readSet(chars: string[]): ((char: string) => boolean) | undefined {
  const ranges: [number, number][] = [];
  for (let at = 0; at < chars.length; at++) {
    const isRange = chars[at + 1] === '-' && chars[at + 2] !== undefined;
    const from = chars[at]?.codePointAt(0) ?? 0;
    const to = isRange ? (chars[at + 2]?.codePointAt(0) ?? 0) : from;
    if (to < from) return undefined;
    ranges.push([from, to]);
    if (isRange) at += 2;
  }
  return (char) => {
    const point = char.codePointAt(0) ?? 0;
    return ranges.some(([from, to]) => point >= from && point <= to);
  };
}

/** On a mismatch, only the last star needs to match one more character. */
function matches(tokens: readonly Token[], chars: readonly string[]): boolean {
  let token = 0;
  let char = 0;
  let star = -1;
  let starTook = 0;
  while (char < chars.length) {
    const wanted = tokens[token];
    if (wanted?.kind === 'star') {
      star = token++;
      starTook = char;
    } else if (wanted?.accepts(chars[char] ?? '') === true) {
      token++;
      char++;
    } else if (star >= 0) {
      token = star + 1;
      char = ++starTook;
    } else return false;
  }
  while (tokens[token]?.kind === 'star') token++;
  return token === tokens.length;
}
