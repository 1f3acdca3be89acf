const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The token that may come next: a value, a name, a colon, or after a value a comma or an end. */
type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'after';
type Next = [at: number, state: State];
type Open = '{' | '[';

/**
 * Returns the offset at which invalid JSON stops being JSON; the length of the text when it only ends too early. The messages
 * of JSON.parse do not always have an offset.
 */
export function firstJsonError(text: string): number {
  const open: Open[] = [];
  let state: State = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    const next = step(text, at, state, open);
    if (next === undefined) return at;
    [at, state] = next;
  }
}

/** Returns the offset and state after the token at `at`; undefined when it may not come there. */
function step(text: string, at: number, state: State, open: Open[]): Next | undefined {
  const char = text[at];
  if (isEnd(char, state, open.at(-1))) {
    open.pop();
    return [at + 1, 'after'];
  }
  switch (state) {
    case 'colon':
      return char === ':' ? [at + 1, 'value'] : undefined;
    case 'after':
      if (char !== ',' || open.length === 0) return undefined;
      return [at + 1, open.at(-1) === '{' ? 'name' : 'value'];
    case 'name':
    case 'first name':
      return char === '"' ? scalar(text, at, 'colon') : undefined;
    case 'value':
    case 'first value':
      if (char !== '{' && char !== '[') return scalar(text, at, 'after');
      open.push(char);
      return [at + 1, char === '{' ? 'first name' : 'first value'];
  }
}

function isEnd(char: string | undefined, state: State, innermost: Open | undefined): boolean {
  if (char === '}') return innermost === '{' && (state === 'after' || state === 'first name');
  return char === ']' && innermost === '[' && (state === 'after' || state === 'first value');
}

function scalar(text: string, at: number, then: State): Next | undefined {
  SCALAR.lastIndex = at;
  return SCALAR.test(text) ? [SCALAR.lastIndex, then] : undefined;
}
