import { describe, expect, test } from 'vitest';
import { errorsOf } from '../support/errors.ts';

describe('a file that is not a mapping', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', 'no policy'],
    ['only comments', '# nothing\n', 'no policy'],
    ['null', '~', 'no policy'],
    ['a list', '- name: nightly', 'not a mapping'],
    ['a string', 'nightly', 'not a mapping'],
    ['an alias', '*x', ''],
  ])('reports one error for %s', (_, text, message) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: '',
      message: expect.stringContaining(message) as string,
    });
  });
});
