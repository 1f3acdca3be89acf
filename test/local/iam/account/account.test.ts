import { expect, it } from 'vitest';
import { isOwnAgency } from '../../../../local/iam/account/account.ts';
import { ACCOUNT } from '../../support/cph.ts';

it.each([
  [{ agency_name: 'phonevault' }, true],
  [{ agency_name: 'phonevault', domain_id: 'd0', domain_name: 'demo' }, true],
  [{ agency_name: 'other', domain_name: 'demo' }, false],
  [{ agency_name: 'phonevault', domain_id: 'd1' }, false],
  [{ agency_name: 'phonevault', domain_name: 'other' }, false],
])('recognizes the agency %j as the account’s own: %s', (wanted, expected) => {
  expect(isOwnAgency(ACCOUNT, wanted)).toBe(expected);
});
