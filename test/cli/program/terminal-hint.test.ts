import { expect, it } from 'vitest';
import { terminalHint } from '../../../cli/program/terminal-hint.ts';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { fakeIo } from '../support/fake-io.ts';

const ENV = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_BUCKET: 'my-phonevault',
  HUAWEICLOUD_SDK_AK: 'key-id',
  HUAWEICLOUD_SDK_SK: 'key',
};
const PASSWORD = {
  ...{ HUAWEICLOUD_SDK_AK: '', HUAWEICLOUD_SDK_SK: '' },
  ...{ HW_USER_NAME: 'me', HW_USER_PASSWORD: 'word', HW_DOMAIN_NAME: 'us' },
};
const hintOf = (error: PhonevaultError, env: Record<string, string> = {}) =>
  terminalHint(error, fakeIo({ env: { ...ENV, ...env } }).io);
const call = { service: 'obs', operation: 'GetObject', carriedOut: 'no' } as const;

it('names the variables of refused credentials, and the region', () => {
  const error = new ServiceError('credentials_refused', 'no', { ...call, status: 401 });
  expect(hintOf(error)).toMatch(/HUAWEICLOUD_SDK_SK.*cn-north-4/);
  expect(hintOf(error, PASSWORD)).toContain('HW_USER_NAME');
  expect(hintOf(error, { HUAWEICLOUD_SDK_SECURITY_TOKEN: 't' })).toContain('lasts for hours');
});

it('speaks of the user where a function would speak of its agency', () => {
  const hint = "grant the function's agency obs:object:GetObject";
  const error = new ServiceError('access_denied', 'no', { ...call, status: 403 }, { hint });
  expect(hintOf(error)).toMatch(/^grant the user of HUAWEICLOUD_SDK_AK.* obs:object:GetObject$/);
});

it('names the host that did not respond and the variable it comes from', () => {
  const error = new ServiceError('unreachable', 'no', call);
  expect(hintOf(error)).toMatch(/obs\.cn-north-4\.myhuaweicloud\.com.*PHONEVAULT_REGION/);
  const own = { PHONEVAULT_OBS_ENDPOINT: 'https://obs.example.com', HTTPS_PROXY: 'http://p:1' };
  expect(hintOf(error, own)).toMatch(/obs\.example\.com.*PHONEVAULT_OBS_ENDPOINT.*HTTPS_PROXY/);
});

it('leaves other hints as they are', () => {
  expect(hintOf(new PhonevaultError('conflict', 'x', { hint: 'y' }))).toBe('y');
  expect(hintOf(new ServiceError('service', 'x', call, { hint: 'y' }))).toBe('y');
});
