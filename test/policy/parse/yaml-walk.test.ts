import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { errorsOf, nightlyWith, paths, SMALLEST } from '../support/errors.ts';

describe('a YAML feature that a policy must not use is reported once, at its field', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    ['enabled: true', 'enabled: true\nenabled: false', 'enabled', 'set twice'],
    ['name: nightly', 'name: &n nightly', 'name', 'anchors'],
    ['name: nightly', 'name: !!str nightly', 'name', 'YAML tags'],
    ['name: nightly', 'name: !secret nightly', 'name', 'YAML tags'],
    ['{ when: always }', '*x', 'notify', ''],
    [
      'enabled: true',
      '__proto__: { enabled: true }',
      '__proto__',
      'this field name is not allowed',
    ],
    ['enabled: true', '<<: { enabled: true }', '["<<"]', 'merge keys'],
    ['enabled: true', '? [a]\n: b', '', 'not a string'],
    ['env: [prod]', '1: [prod]', 'select.server_tags', 'not a string'],
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test('rejects a long field name without reading the list below it', () => {
    // Counts errors, not seconds: recording the offset of each entry below that name took ten seconds.
    const list = Array.from({ length: 2_000 }, (_, n) => `id${n}`);
    const policy = { ...(parse(SMALLEST) as object), ['x'.repeat(60_000)]: list };
    const errors = errorsOf(JSON.stringify(policy));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('a field name is too long');
  });

  test('rejects lists that are nested too deeply', () => {
    const errors = errorsOf(`${SMALLEST}\nx: ${'['.repeat(12)}${']'.repeat(12)}\n`);
    expect(errors.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('nested too deeply'),
    );
  });

  test('says which line sets a field that is set twice', () => {
    const [error] = errorsOf(nightlyWith('enabled: true', 'enabled: true\nenabled: true'));
    expect(error?.hint).toContain('Line 2 sets it already.');
  });
});

test('a policy cannot change the prototype of objects', () => {
  errorsOf(nightlyWith('enabled: true', '__proto__: { polluted: true }'));
  errorsOf(nightlyWith('env: [prod]', '__proto__: [prod]'));
  expect({}).not.toHaveProperty('polluted');
});
