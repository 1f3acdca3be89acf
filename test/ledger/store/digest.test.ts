import { expect, it } from 'vitest';
import { sha256hex, shuffled } from '../../../lib/ledger/store/digest.ts';

// The examples of FIPS 180-4, and text outside ASCII in UTF-8.
it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['云手机', 'ca746ab2ff48998a9a0b0f064b79cce59b703d9eb97fb5c8f625dcaf043063dd'],
])('returns the SHA-256 of %j in hexadecimal', (text, digest) => {
  expect(sha256hex(text)).toBe(digest);
});

it('puts a list into an order of its own for each seed, the same each time', () => {
  const names = Array.from({ length: 20 }, (_, n) => `phone-${n}`);
  const one = shuffled(names, 'run-1', (name) => name);
  expect(shuffled([...names].reverse(), 'run-1', (name) => name)).toEqual(one);
  expect(shuffled(names, 'run-2', (name) => name)).not.toEqual(one);
  expect([...one].sort()).toEqual([...names].sort());
  expect(one).not.toEqual(names);
});
