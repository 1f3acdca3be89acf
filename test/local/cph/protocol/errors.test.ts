import { expect, it } from 'vitest';
import { CphError, cphErrorResponse, messageOf } from '../../../../local/cph/protocol/errors.ts';

it('returns every error with HTTP 400, its code and its message', async () => {
  const response = cphErrorResponse(new CphError('CPS.0168', 'why.'), 'r1');
  expect([response.status, await response.json()]).toEqual([
    400,
    { error_code: 'CPS.0168', error_msg: 'The include_files is invalid. why.', request_id: 'r1' },
  ]);
  expect(messageOf('CPS.9999')).toBe('The request failed.');
});
