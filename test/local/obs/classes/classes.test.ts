import { expect, it } from 'vitest';
import { classOf, isArchive, nativeName } from '../../../../local/obs/classes/classes.ts';

it.each([
  ['STANDARD', 'STANDARD', 'STANDARD', false],
  ['WARM', 'STANDARD_IA', 'WARM', false],
  ['COLD', 'GLACIER', 'COLD', true],
  ['GLACIER', 'GLACIER', 'COLD', true],
  ['DEEP_ARCHIVE', 'DEEP_ARCHIVE', 'DEEP_ARCHIVE', true],
])('knows the class %s by its name in S3 and in OBS', (name, s3, native, archived) => {
  const known = classOf(name);
  expect([known, nativeName(known), isArchive(known)]).toEqual([s3, native, archived]);
});

it('knows no other names', () => {
  expect(['glacier', '', 'INTELLIGENT_TIERING'].map(classOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
