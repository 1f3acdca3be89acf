import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { isSecret, reveal, type Secret, secret, secretIn } from '../lib/secret.ts';

const TEXT = 'hunter2-hunter2';

/** Whatever a careless line of code may do with a value. */
const ways: [string, (value: Secret) => unknown][] = [
  ['String()', (value) => String(value)],
  ['a template', (value) => `${value.toString()}`],
  ['adding', (value) => ''.concat(value as never)],
  ['joining', (value) => [value, 'x'].join()],
  ['toLocaleString', (value) => value.toLocaleString()],
  ['JSON', (value) => JSON.stringify(value)],
  ['JSON of what holds it', (value) => JSON.stringify({ a: [{ value }] })],
  ['JSON of its spread', (value) => JSON.stringify({ ...value })],
  ['inspect', (value) => inspect({ value })],
  [
    'inspect that shows all',
    (value) =>
      inspect(
        { value, map: new Map([['a', value]]) },
        { customInspect: false, showHidden: true, getters: true, showProxy: true, depth: 20 },
      ),
  ],
  ['inspect of its spread', (value) => inspect({ ...value }, { showHidden: true })],
  ['structuredClone', (value) => inspect(structuredClone({ value }), { depth: 9 })],
  ['v8', (value) => serialize({ value }).toString('latin1')],
  [
    'its own names',
    (value) => [...Reflect.ownKeys(value), ...Object.values(value)].map(String).join(),
  ],
  ['an error', (value) => inspect(new Error(`no: ${String(value)}`, { cause: { value } }))],
  ['URLSearchParams', (value) => String(new URLSearchParams({ a: value as never }))],
  ['Headers', (value) => inspect([...new Headers({ a: value as never })])],
];

describe('secret', () => {
  it.each(ways)('does not show through %s', (_how, way) => {
    expect(String(way(secret(TEXT)))).not.toContain(TEXT);
  });

  it('is looked for in ways that show what is not one', () => {
    const shows = ways.filter(([, way]) => String(way(new String(TEXT) as never)).includes(TEXT));
    // A text spreads into its letters.
    const spreads = ['JSON of its spread', 'inspect of its spread', 'its own names'];
    expect(ways.length - shows.length).toBe(spreads.length);
  });

  it('reads as it was when it is revealed', () => {
    expect(reveal(secret(TEXT))).toBe(TEXT);
    expect(reveal(secret(''))).toBe('');
    expect(secretIn('')).toBeUndefined();
  });

  it('says what it is in its place', () => {
    const value = secret(TEXT);
    expect([String(value), JSON.stringify({ value }), inspect(value)]).toEqual([
      '[secret]',
      '{"value":"[secret]"}',
      '[secret]',
    ]);
  });

  it('differs from what only looks like it', () => {
    const value = secret(TEXT);
    expect(isSecret(value)).toBe(true);
    for (const other of [
      structuredClone(value),
      { ...value },
      Object.create(value) as object,
      TEXT,
      null,
    ]) {
      expect(isSecret(other)).toBe(false);
      expect(() => reveal(other as never)).toThrow(TypeError);
    }
  });

  it('cannot be given another face', () => {
    const value = secret(TEXT);
    expect(() => Object.assign(value, { toJSON: () => 'mine' })).toThrow();
    const face = Object.getPrototypeOf(value) as object;
    expect(() => Object.assign(face, { toJSON: () => 'mine' })).toThrow();
  });
});
