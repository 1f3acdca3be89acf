import { createIam } from '../../../lib/cloud/iam.ts';
import { fakeCaller, type FakeResponse } from './fake-caller.ts';

/** Returns an error as Keystone words it. */
export const keystone = (
  status: number,
  message: string,
  headers: Record<string, string> = {},
): FakeResponse => ({
  status,
  headers,
  json: { error: { code: status, message, title: 'Unauthorized' } },
});

/** Returns an error as IAM's own calls word it. */
export const own = (status: number, error_code: string, error_msg = 'No.'): FakeResponse => ({
  status,
  json: { error_code, error_msg },
});

/** Returns an IAM client that gets these responses in turn, and what it sent. */
export function iamThat(...responses: FakeResponse[]) {
  const fake = fakeCaller(...responses);
  return { ...fake, iam: createIam({ ...fake.caller, endpoint: 'https://iam' }) };
}
