import { expect, it } from 'vitest';
import { fss } from '../../../../local/functiongraph/model/error.ts';

it('gives an error the status and message of its code, and the detail', () => {
  expect(fss('FSS.1051')).toMatchObject({ status: 404, message: 'The function does not exist.' });
  expect(fss('FSS.0400', 'body').message).toBe('Invalid parameter. (body)');
});
