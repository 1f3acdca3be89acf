import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  archiveKey,
  expandObjectPath,
  parseArchiveKey,
  runFolder,
} from '../../../lib/policy/keys/keys.ts';

const values = { policy: 'nightly', date: '20260102', slot: '20260102T023000Z' };

test.each([
  ['{policy}/{date}', 'nightly/20260102'],
  ['a/{slot}/{policy}-{policy}', 'a/20260102T023000Z/nightly-nightly'],
  ['plain', 'plain'],
  ['{other}', '{other}'],
])('expands the object path %s to %s', (template, folder) => {
  expect(expandObjectPath(template, values)).toBe(folder);
});

test('does not expand placeholders or patterns inside the values', () => {
  expect(expandObjectPath('{policy}', { ...values, policy: '{date}$&' })).toBe('{date}$&');
});

test('puts an archive in the folder of its run', () => {
  const key = archiveKey('nightly/20260102', 'nightly-20260102t023000z', 'phone1', 2);
  expect(key).toBe('nightly/20260102/nightly-20260102t023000z/phone1-2.tar');
});

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);
const attempt = fc.integer({ min: 1, max: 99 });

test('parses every archive key to its phone and attempt', () => {
  fc.assert(
    fc.property(id, attempt, (phone_id, number) => {
      const key = archiveKey('f/o', 'run', phone_id, number);
      expect(parseArchiveKey(runFolder('f/o', 'run'), key)).toEqual({ phone_id, attempt: number });
    }),
  );
});

test('gives every attempt of every phone its own key', () => {
  fc.assert(
    fc.property(id, attempt, id, attempt, (phoneA, attemptA, phoneB, attemptB) => {
      fc.pre(phoneA !== phoneB || attemptA !== attemptB);
      expect(archiveKey('f', 'r', phoneA, attemptA)).not.toBe(
        archiveKey('f', 'r', phoneB, attemptB),
      );
    }),
  );
});

test.each([
  'f/run2/p-1.tar',
  'g/run/p-1.tar',
  'f/run/p.tar',
  'f/run/p-0.tar',
  'f/run/p-01.tar',
  'f/run/p-100.tar',
  'f/run/p-1.tar.gz',
  'f/run/a/p-1.tar',
  'f/run/-1.tar',
  'f/run/',
  'f/run',
  'x/f/run/p-1.tar',
])('does not take %s for an archive of the run', (key) => {
  expect(parseArchiveKey('f/run', key)).toBeUndefined();
});
