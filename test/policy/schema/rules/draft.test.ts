import { expect, test } from 'vitest';
import { errorsOf, nightlyWith, paths } from '../../support/errors.ts';

test('a timeout is not compared with an invalid deadline', () => {
  const text = nightlyWith('deadline: 2h', 'deadline: soon').replace('timeout: 1h', 'timeout: 3h');
  expect(paths(errorsOf(text))).toEqual(['deadline']);
});
