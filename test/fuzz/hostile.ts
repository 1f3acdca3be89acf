import * as fc from 'fast-check';

const LONG = 60_000;

/** Texts that have broken programs: names of prototypes, paths that climb, long runs that regular expressions dwell on. */
const texts = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  '..%2f..%2fx',
  '%2e%2e/',
  '%00',
  '..\\..\\x',
  '.',
  '..',
  '/',
  '//',
  'a/../b',
  '\u0000',
  '\u202e\u2066',
  '\u2028',
  '／．．／',
  '\ud800',
  '𝕬'.repeat(30),
  'NaN',
  '-0',
  '1e400',
  '9'.repeat(400),
  '0x10',
  '[object Object]',
  '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
  '${jndi}',
  "'; drop--",
  '{"__proto__":{"polluted":1}}',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  ...[
    ' ',
    'a',
    '/',
    '[',
    '{',
    '(',
    '"',
    '\\',
    '-',
    '*a',
    '?a',
    'a,',
    ':',
    '0',
    '\n',
    '\t',
    '..',
    '=',
    '%',
  ].map((unit) => unit.repeat(LONG / unit.length)),
  `phone${' '.repeat(LONG)}x\u2028y`,
  `limit:${' '.repeat(LONG)}`,
  'password '.repeat(LONG / 9),
  'limit: '.repeat(LONG / 7),
  `${'[a-'.repeat(40)}`,
  `${'*a'.repeat(60)}b`,
];

const numbers = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e308,
  -1e308,
  1e21,
  8.64e15,
  8.64e15 + 1,
  -8.64e15 - 1,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  5e-324,
];

export const hostileText = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map(([a, b]) => a + b),
);

/** As JSON brings it: a name such as __proto__ is one like any other there. */
const polluting = fc.constantFrom(
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '[{"__proto__":[]}]',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`,
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(...numbers, null, true, false),
  polluting.map((text) => JSON.parse(text) as unknown),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(hostileText, { maxLength: 5 }),
  fc.constantFrom(200, 2_000).map((length) => Array.from({ length }, (_, index) => `id${index}`)),
);

type Change = {
  path: number[];
  how: 'set' | 'drop' | 'name' | 'twice';
  value: unknown;
  text: string;
};

const change: fc.Arbitrary<Change> = fc.record({
  path: fc.array(fc.nat(30), { maxLength: 5 }),
  how: fc.constantFrom('set', 'set', 'set', 'drop', 'name', 'twice'),
  value: hostileValue,
  text: hostileText,
});

function applied(target: unknown, { path, how, value, text }: Change): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof target !== 'object' || target === null) {
    return how === 'set' ? value : target;
  }
  const names = Object.keys(target);
  const name = names[step % (names.length + 1)];
  const entries: [string, unknown][] = Object.entries(target);
  const changed = entries.flatMap(([key, one]): [string, unknown][] => {
    if (key !== name) return [[key, one]];
    if (rest.length > 0) return [[key, applied(one, { path: rest, how, value, text })]];
    if (how === 'drop') return [];
    if (how === 'name') return [[text, one]];
    if (how === 'twice')
      return [
        [key, one],
        [`${key} `, one],
      ];
    return [[key, value]];
  });
  if (name === undefined) changed.push([text, value]);
  if (Array.isArray(target)) return changed.map(([, one]) => one);
  // Not by assignment: __proto__ must become a field, as it does in JSON.parse.
  return Object.fromEntries(changed);
}

/** One of the samples with some of it changed, dropped, renamed or replaced; at times all of it. */
export function mutated(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...samples), changes)
        .map(([sample, all]) => all.reduce(applied, sample)),
    },
    { weight: 1, arbitrary: hostileValue },
  );
}

/** One of the texts with pieces cut out, doubled or put in. */
export function mutatedText(samples: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(1_000_000),
    length: fc.nat(30),
    how: fc.constantFrom('cut', 'double', 'put', 'end'),
    text: hostileText,
  });
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([sample, edits]) =>
      edits.reduce((text, { at, length, how, text: put }) => {
        const from = at % (text.length + 1);
        const piece = text.slice(from, from + length);
        if (how === 'end') return text.slice(0, from);
        const between = how === 'cut' ? '' : how === 'double' ? piece + piece : put;
        return text.slice(0, from) + between + text.slice(from + length);
      }, sample),
    );
}

/** A value as the text that brought it, at times broken. */
export function asBody(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const text = values.map((value) => JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: text.map((one) => one.slice(0, Math.floor(one.length / 2))) },
    { weight: 1, arbitrary: hostileText },
  );
}
