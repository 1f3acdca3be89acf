import { expect, it } from 'vitest';
import { checkAgencies } from '../../../../local/functiongraph/functions/agencies.ts';

const agencyTrust = (name: string) =>
  name === 'phonevault' ? 'trusted' : name === 'other' ? 'other' : undefined;

it.each([
  ['', '', undefined],
  ['phonevault', 'phonevault', undefined],
  ['nobody', '', 'FSS.1121'],
  ['phonevault', 'other', 'FSS.1122'],
])('checks the agencies "%s" and "%s": %s', (xrole, app_xrole, code) => {
  const check = () => checkAgencies({ agencyTrust }, { xrole, app_xrole });
  if (code === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code }));
});
