import { describe, expect, it } from 'vitest';
import {
  describeFiles,
  fileSchema,
  putFile,
  wipe,
  wipeSchema,
} from '../../../local/control/phone-files.ts';
import { cphFixture } from '../support/cph.ts';

function scene() {
  const { world, running } = cphFixture();
  const [phone] = running();
  if (phone === undefined) throw new Error('no phone');
  wipe(world, phone, '/');
  return { world, phone, paths: () => describeFiles(world, phone).map(({ path }) => path) };
}

describe('putFile', () => {
  it('writes a text, with its size and hash', () => {
    const { world, phone } = scene();
    const view = putFile(world, phone, { path: '/data/b', text: 'é' });
    expect(view).toEqual({
      ...{ path: '/data/b', size: 2 },
      sha256: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    });
    putFile(world, phone, { path: '/data/a', text: '' });
    expect(describeFiles(world, phone)).toMatchObject([{ path: '/data/a', size: 0 }, view]);
  });

  it('replaces a file, and draws the same bytes for the same path', () => {
    const { world, phone } = scene();
    const drawn = putFile(world, phone, { path: '/data/x', size: 1_000 });
    expect(drawn.size).toBe(1_000);
    expect(putFile(world, phone, { path: '/data/x', text: 'other' }).size).toBe(5);
    expect(putFile(world, phone, { path: '/data/x', size: 1_000 })).toEqual(drawn);
    expect(putFile(world, phone, { path: '/data/y', size: 1_000 }).sha256).not.toBe(drawn.sha256);
  });

  it('notes the owner of a file', () => {
    const { world, phone } = scene();
    putFile(world, phone, { path: '/data/x', text: 'x', uid: 10_086 });
    expect(phone.owners.get('/data/x')).toBe(10_086);
  });
});

describe('wipe', () => {
  it('deletes a path and what is below it, owners included', () => {
    const { world, phone, paths } = scene();
    for (const path of ['/data/a', '/data/a/b', '/data/ab', '/sdcard/c']) {
      putFile(world, phone, { path, text: 'x', uid: 1 });
    }
    expect(wipe(world, phone, '/data/a')).toBe(2);
    expect(paths()).toEqual(['/data/ab', '/sdcard/c']);
    expect([...phone.owners.keys()].sort()).toEqual(['/data/ab', '/sdcard/c']);
    expect(wipe(world, phone, '/')).toBe(2);
    expect(paths()).toEqual([]);
  });
});

describe('the bodies of the calls', () => {
  it.each(['/', '/data/', 'data', '/data/../x', '/./x', '/..', '/a//b', '/a\0b', ''])(
    'refuse the path "%s" of a file',
    (path) => {
      expect(fileSchema.safeParse({ path }).success).toBe(false);
    },
  );

  it('take any other path, and only one of text and size', () => {
    expect(fileSchema.safeParse({ path: '/data/..x/.y/云 1' }).success).toBe(true);
    expect(fileSchema.safeParse({ path: '/x', text: '', size: 0 }).success).toBe(false);
    expect(fileSchema.safeParse({ path: '/x', size: 64 * 1024 * 1024 + 1 }).success).toBe(false);
    expect(wipeSchema.safeParse({ path: '/' }).success).toBe(true);
    expect(wipeSchema.safeParse({ path: '/..' }).success).toBe(false);
  });
});
