const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The token that may come next: a value, a name, a colon, or after a value a comma or an end. */
type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'after';

/**
 * Returns the offset at which invalid JSON stops being JSON; the length of the text when it only ends too early. The messages
 * of JSON.parse do not always have an offset.
 */
export function firstJsonError(text: string): number {
  const open: ('{' | '[')[] = [];
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

function step(
  text: string,
  at: number,
  state: State,
  open: ('{' | '[')[],
): [number, State] | undefined {
  const char = text[at];
  const closes =
    (char === '}' && open.at(-1) === '{' && (state === 'after' || state === 'first name')) ||
    (char === ']' && open.at(-1) === '[' && (state === 'after' || state === 'first value'));
  if (closes) {
    open.pop();
    return [at + 1, 'after'];
  }
  if (state === 'colon') return char === ':' ? [at + 1, 'value'] : undefined;
  if (state === 'after') {
    if (char !== ',' || open.length === 0) return undefined;
    return [at + 1, open.at(-1) === '{' ? 'name' : 'value'];
  }
  const isName = state === 'name' || state === 'first name';
  if (!isName && (char === '{' || char === '[')) {
    open.push(char);
    return [at + 1, char === '{' ? 'first name' : 'first value'];
  }
  SCALAR.lastIndex = at;
  if (!SCALAR.test(text) || (isName && char !== '"')) return undefined;
  return [SCALAR.lastIndex, isName ? 'colon' : 'after'];
}
