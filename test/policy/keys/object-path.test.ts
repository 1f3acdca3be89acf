import { expect, test } from 'vitest';
import { keyLengthProblems, objectPathProblems } from '../../../lib/policy/keys/object-path.ts';

test.each(['{policy}/{date}', 'a', 'a.b/c_d-e+f#g=h', '{slot}x{slot}'])(
  'accepts the object path %s',
  (path) => {
    expect(objectPathProblems(path)).toEqual([]);
  },
);

test.each([
  ['', 'empty'],
  ['/a', 'contains //, or starts or ends with /'],
  ['a/', 'contains //, or starts or ends with /'],
  ['a//b', 'contains //, or starts or ends with /'],
  ['a/./b', 'a folder named . or ..'],
  ['..', 'a folder named . or ..'],
  ['{phone}', '"{phone}"'],
  ['{}', '"{}"'],
  ['{policy', '"{" at character 1'],
  ['a}', '"}" at character 2'],
  ['{policy}/2026:01', '":" at character 14'],
  ['a/*', '"*" at character 3'],
  ['a~', '"~" at character 2'],
  ['a b', '" " at character 2'],
  ['日', '"日" at character 1'],
])('rejects the object path %j: %s', (path, message) => {
  const problems = objectPathProblems(path);
  expect(problems.map((problem) => problem.message).join()).toContain(message);
  expect(problems).toHaveLength(1);
});

test('rejects a folder whose longest archive key exceeds 1,024 characters', () => {
  // "/", run id 60, "/", phone 32, "-", attempt 2, ".tar"
  const room = 1024 - 1 - 60 - 1 - 32 - 1 - 2 - 4;
  expect(keyLengthProblems('x'.repeat(room))).toEqual([]);
  expect(keyLengthProblems('x'.repeat(room + 1))[0]?.message).toContain('up to 1025');
});
