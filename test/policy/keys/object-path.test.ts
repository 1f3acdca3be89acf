import { expect, test } from 'vitest';
import { keyLengthProblems, objectPathProblems } from '../../../lib/policy/keys/object-path.ts';

test.each(['{policy}/{date}', 'a', 'a.b/c_d-e+f#g=h', '{slot}x{slot}'])('%s is taken', (path) => {
  expect(objectPathProblems(path)).toEqual([]);
});

test.each([
  ['', 'empty'],
  ['/a', 'empty part'],
  ['a/', 'empty part'],
  ['a//b', 'empty part'],
  ['a/./b', 'a part . or ..'],
  ['..', 'a part . or ..'],
  ['{phone}', '"{phone}"'],
  ['{}', '"{}"'],
  ['{policy', '"{" at character 1'],
  ['a}', '"}" at character 2'],
  ['{policy}/2026:01', '":" at character 14'],
  ['a/*', '"*" at character 3'],
  ['a~', '"~" at character 2'],
  ['a b', '" " at character 2'],
  ['日', '"日" at character 1'],
])('%j is refused: %s', (path, message) => {
  const problems = objectPathProblems(path);
  expect(problems.map((problem) => problem.message).join()).toContain(message);
  expect(problems).toHaveLength(1);
});

test('the longest key of a folder has at most 1024 characters', () => {
  // "/", run id 60, "/", phone 32, "-", try 2, ".tar"
  const room = 1024 - 1 - 60 - 1 - 32 - 1 - 2 - 4;
  expect(keyLengthProblems('x'.repeat(room))).toEqual([]);
  expect(keyLengthProblems('x'.repeat(room + 1))[0]?.hint).toBe('Shorten the object path by 1.');
});
