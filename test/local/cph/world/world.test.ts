import { expect, it } from 'vitest';
import { filesOf } from '../../../../local/cph/world/world.ts';
import { cphFixture } from '../../support/cph.ts';

it('generates the files of a phone until a restore replaces them', () => {
  const { world, running } = cphFixture();
  const phone = running()[0]!;
  expect(filesOf(world, phone)).toEqual(filesOf(world, phone));
  const before = filesOf(world, phone);
  phone.generation += 1;
  expect(filesOf(world, phone)).not.toEqual(before);
  phone.files = new Map();
  expect(filesOf(world, phone).size).toBe(0);
});
