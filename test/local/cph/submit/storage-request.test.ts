import { describe, expect, it } from 'vitest';
import {
  parseRestoreRequest,
  parseStorageRequest,
} from '../../../../local/cph/submit/storage-request.ts';
import { switchesSchema } from '../../../../local/cph/world/settings.ts';
import { cphFixture } from '../../support/cph.ts';

const { limits } = cphFixture({ limits: { storageInfosPerCall: 3, restoreInfosPerCall: 3 } }).world;
const item = {
  phone_id: 'p1',
  include_files: ['/data/data'],
  bucket_name: 'backups',
  object_path: 'a/b.tar',
};
const one = (more: object) => ({ storage_infos: [{ ...item, ...more }] });

describe('parseStorageRequest', () => {
  const parse = (body: unknown, edition: 'newer' | 'older' = 'newer') =>
    parseStorageRequest(body, limits, switchesSchema.parse({ edition }));

  it('returns the items; excludes may be absent or null', () => {
    expect(parse(one({ exclude_files: null }))).toEqual([{ ...item, exclude_files: [] }]);
    expect(parse(one({ exclude_files: ['/data/x'] }))[0]?.exclude_files).toEqual(['/data/x']);
  });

  it.each([
    ['no items', { storage_infos: [] }, 'CPS.0167'],
    ['no list', { storage_infos: 'x' }, 'CPS.0167'],
    ['no JSON', undefined, 'CPS.0167'],
    ['a phone id that is a number', one({ phone_id: 7 }), 'CPS.0167'],
    ['too many items', { storage_infos: Array(4).fill(item) }, 'CPS.0170'],
    ['an upper-case bucket', one({ bucket_name: 'Abc' }), 'CPS.0134'],
    ['a short bucket', one({ bucket_name: 'ab' }), 'CPS.0134'],
    ['a colon in the key', one({ object_path: 'a:b.tar' }), 'CPS.0135'],
    ['a star in the key', one({ object_path: 'a*.tar' }), 'CPS.0135'],
    ['a long key', one({ object_path: 'a'.repeat(1025) }), 'CPS.0135'],
    ['a leading slash', one({ object_path: '/a.tar' }), 'CPS.0135'],
    ['no paths', one({ include_files: [] }), 'CPS.0168'],
    ['a system path', one({ include_files: ['/system'] }), 'CPS.0168'],
    ['a relative exclude', one({ exclude_files: ['data'] }), 'CPS.0169'],
  ])('refuses %s', (_, body, code) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ code }));
  });

  it('obeys the edition of the export page', () => {
    expect(() => parse(one({ include_files: ['/data/~a'] }), 'older')).toThrow('character');
    expect(() => parse(one({ include_files: ['/data/*/a'] }))).toThrow('at the end only');
  });
});

describe('parseRestoreRequest', () => {
  it('accepts any key, and returns CPS.0171 for a malformed or large request', () => {
    const { phone_id, bucket_name } = item;
    const info = { phone_id, bucket_name, object_path: 'a:~*.tar' };
    expect(parseRestoreRequest({ restore_infos: [info] }, limits)).toEqual([info]);
    for (const restore_infos of [[], Array(4).fill(info), 'x']) {
      expect(() => parseRestoreRequest({ restore_infos }, limits)).toThrow(
        expect.objectContaining({ code: 'CPS.0171' }),
      );
    }
  });
});
