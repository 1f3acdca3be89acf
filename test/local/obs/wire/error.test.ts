import { expect, it } from 'vitest';
import {
  notImplemented,
  preconditionFailed,
  wrongRegion,
} from '../../../../local/obs/wire/error.ts';

it('makes errors with status, code and message of OBS', () => {
  expect(notImplemented('The header x')).toMatchObject({
    status: 501,
    code: 'NotImplemented',
    message: 'The header x implies a function that is unavailable.',
  });
  expect([preconditionFailed().status, wrongRegion().code]).toEqual([412, 'PermanentRedirect']);
});
