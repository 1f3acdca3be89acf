import { expect, it } from 'vitest';
import { iamError, iamTime, keystoneError } from '../../../../local/iam/service/responses.ts';

it('writes errors in Keystone’s and in IAM’s form', async () => {
  const keystone = keystoneError(404, 'none');
  expect([keystone.status, await keystone.json()]).toEqual([
    404,
    { error: { code: 404, message: 'none', title: 'Not Found' } },
  ]);
  expect(await iamError(400, 'IAM.0007', 'missing').json()).toEqual({
    error_code: 'IAM.0007',
    error_msg: 'missing',
  });
});

it('writes times with six decimal places', () => {
  expect(iamTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006000Z');
});
