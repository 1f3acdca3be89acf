import { expect, it } from 'vitest';
import { ownerOf } from '../../../../local/cph/archive/owners.ts';

const PHONE = { seed: 1, phoneId: 'p1', generation: 1 };
const GAME = '/data/data/com.example.game';

it('gives all files of an app one owner, and each installation another one', () => {
  const uid = ownerOf(PHONE, GAME);
  expect(ownerOf(PHONE, `${GAME}/files/a`)).toBe(uid);
  expect(uid).toBeGreaterThanOrEqual(10_050);
  const others = [
    ownerOf({ ...PHONE, phoneId: 'p2' }, GAME),
    ownerOf({ ...PHONE, generation: 2 }, GAME),
    ownerOf(PHONE, '/data/data/com.example.chat'),
  ];
  expect(others).not.toContain(uid);
});

it.each([
  ['/data', 1_000],
  ['/data/app/com.example.game-1/base.apk', 1_000],
  ['/data/media/0/DCIM', 1_023],
  ['/data/local/tmp', 2_000],
])('gives %s to the system user %d', (path, uid) => {
  expect(ownerOf(PHONE, path)).toBe(uid);
});
