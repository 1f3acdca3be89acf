import { describe, expect, test } from 'vitest';
import { errorsOf, NIGHTLY, nightlyWith, paths } from '../../support/errors.ts';

const INCLUDE = '[/data/data, /data/media/0]';

describe('an export that contradicts itself or the ledger', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    [INCLUDE, '[/data/data/com.example.cache/x]', 'export.include[0]', 'is fully excluded'],
    [INCLUDE, '[/data/data/com.example.cache/]', 'export.include[0]', 'is fully excluded'],
    ['/data/media/0]', '/data/app/~~x==/p]', 'export.include[1]', '"~" at character 11'],
    ['com.example.cache', '~x', 'export.exclude[0]', '"~" at character 12'],
    ['{policy}/{date}', 'x'.repeat(1000), 'export.object_path', 'up to 1101 characters'],
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test.each(['phonevault', 'phonevault/{date}', '{policy}'])(
    'rejects the object path %s, which is inside the ledger',
    (objectPath) => {
      const ledger = {
        bucket: 'my-phone-backups',
        prefix: objectPath === '{policy}' ? 'nightly/' : 'phonevault/',
      };
      const errors = errorsOf(nightlyWith('{policy}/{date}', objectPath), { ledger });
      expect(paths(errors)).toEqual(['export.object_path']);
    },
  );

  test('rejects any object path in the bucket of a ledger without a prefix', () => {
    const errors = errorsOf(NIGHTLY, { ledger: { bucket: 'my-phone-backups', prefix: '' } });
    expect(paths(errors)).toEqual(['export.object_path']);
  });

  test('allows an exclude that covers one of several includes: a warning says what is lost', () => {
    expect(errorsOf(nightlyWith('/data/media/0]', '/data/data/com.example.cache/x]'))).toEqual([]);
  });

  test('allows ~ in paths where the policy says that the region does', () => {
    const wide = nightlyWith('/data/media/0]', '/data/app/~~x==/p]\n  characters: wide');
    expect(errorsOf(wide)).toEqual([]);
  });
});
