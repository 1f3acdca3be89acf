const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next: a value, a name, a colon, a comma or an end, or nothing at all. */
type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'after';

/**
 * The offset at which a text that JSON.parse refuses stops being JSON; its length when it only ends too early. Asked
 * for because the messages of JSON.parse tell a place only at times.
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
