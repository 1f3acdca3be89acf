import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../packaging/licences.ts';

describe('isAllowed', () => {
  it.each([
    ['MIT', true, true],
    ['(MIT OR GPL-2.0-only)', true, true],
    ['MIT AND ISC', true, true],
    ['MPL-2.0', false, true],
    ['(MPL-2.0 AND MIT)', false, true],
    ['GPL-3.0-or-later', false, false],
    ['MIT AND GPL-2.0-only', false, false],
    ['SEE LICENSE IN LICENSE.txt', false, false],
    ['UNLICENSED', false, false],
    ['', false, false],
  ])('%s is allowed in shipped code: %s, in tools: %s', (licence, shipped, tools) => {
    expect([isAllowed(licence, 'shipped'), isAllowed(licence, 'tools')]).toEqual([shipped, tools]);
  });
});
