import { describe, expect, test } from 'vitest';
import { errorsOf, nightlyWith, paths, SMALLEST } from '../../support/errors.ts';

describe('a rule between fields is reported once, at its field', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    ['[0123456789abcdef0123456789abcdef]', '[a, b, a]', 'select.exclude.phones[2]', 'listed twice'],
    ['[prod]', '[prod, prod]', 'select.server_tags.env[1]', 'listed twice'],
    ['/data/media/0]', '/data/data/]', 'export.include[1]', 'listed twice'],
    ['/data/media/0]', '/data/data]', 'export.include[1]', 'listed twice'],
    ['name: nightly', 'name: daily', 'name', 'does not match the file name'],
    [
      'export_timeout: 1h',
      'export_timeout: 2h1s',
      'export_timeout',
      'is too long: the deadline is 2h',
    ],
    [
      'wait_for_phones: 10m',
      'wait_for_phones: 2h',
      'wait_for_phones',
      'is too long: the deadline is 2h',
    ],
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test.each([
    ['select: { exclude: { name: x } }', 'only exclude'],
    ['select: { max_phones: 5 }', 'no condition'],
    ['select: {}', 'no condition'],
  ])('reports that %s selects no phones', (select, found) => {
    const errors = errorsOf(SMALLEST.replace('select: { name: "*" }', select));
    expect(errors).toMatchObject([{ path: 'select', found }]);
  });

  test.each(['select: { nmae: x }', 'select: { exclude: { nmae: x } }'])(
    'does not advise to select all phones for the misspelt condition of %s',
    (select) => {
      const errors = errorsOf(SMALLEST.replace('select: { name: "*" }', select));
      expect(errors.map(({ hint }) => hint)).toEqual([undefined, 'Did you mean name?']);
    },
  );

  test.each([
    ['select:\n  <<: { name: game-1 }', ['select["<<"]']],
    ['select: { 1: game-1 }', ['select']],
  ])('reports only the fields that it cannot read in %s', (select, found) => {
    const errors = errorsOf(SMALLEST.replace('select: { name: "*" }', select));
    expect(errors.map(({ path }) => path)).toEqual(found);
    expect(errors[0]?.message).not.toContain('selects no phones');
  });

  test('never advises to select all phones when a condition is misspelt', () => {
    const errors = errorsOf(SMALLEST.replace('name: "*" }', 'nmae: "game-*" }'));
    expect(errors.map(({ path, hint }) => [path, hint])).toEqual([
      ['select', undefined],
      ['select.nmae', 'Did you mean name?'],
    ]);
  });
});
