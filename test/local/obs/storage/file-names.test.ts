import { expect, it } from 'vitest';
import { foldFile, hashedFile, plainFile } from '../../../../local/obs/storage/file-names.ts';

it.each([
  ['nightly/2026-01-02/p+1=#.tar', 'b/nightly/2026-01-02/p+1=#.tar'],
  ['é', 'b/é'],
  ['..', undefined],
  ['a/../b', undefined],
  ['a//b', undefined],
  ['folder/', undefined],
  ['trailing.', undefined],
  ['a:b', undefined],
  ['nul\u0000', undefined],
  ['x'.repeat(201), undefined],
  ['d/'.repeat(600) + 'k', undefined],
])('keeps the key %.20s in the file %s', (key, file) => {
  expect(plainFile('b', key)).toBe(file);
});

it('keeps any other key in a file named by its hash', () => {
  expect(hashedFile('b', '..')).toMatch(/^\.hashed.b.[0-9a-f]{64}$/);
  expect(hashedFile('b', '..')).not.toBe(hashedFile('b', '.'));
});

it('folds names that some file systems treat as equal', () => {
  expect(foldFile('Case')).toBe(foldFile('case'));
  expect(foldFile('\u00e9')).toBe(foldFile('e\u0301'));
  expect(foldFile('a')).not.toBe(foldFile('b'));
});
