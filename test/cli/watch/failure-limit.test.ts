import { expect, it } from 'vitest';
import { createFailureLimit } from '../../../cli/watch/failure-limit.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
const temporaryError = () => new PhonevaultError('unreachable', 'no response', { retryable: true });

it('throws the sixth temporary failure in a row', () => {
  const failures = createFailureLimit();
  const error = temporaryError();
  for (let count = 1; count <= 5; count += 1) failures.add(error);
  expect(() => failures.add(error)).toThrow(error);
});

it('counts from zero again after a success', () => {
  const failures = createFailureLimit();
  for (let count = 1; count <= 5; count += 1) failures.add(temporaryError());
  failures.reset();
  for (let count = 1; count <= 5; count += 1) failures.add(temporaryError());
});

it.each([new PhonevaultError('not_found', 'no such run'), new TypeError('a bug'), 'text'])(
  'throws a failure at once that a retry cannot help: %s',
  (error) => {
    expect(() => createFailureLimit().add(error)).toThrow();
  },
);
