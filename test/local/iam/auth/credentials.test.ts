import { expect, it } from 'vitest';
import { fetchCredentials, issueCredentials } from '../../../../local/iam/auth/credentials.ts';
import { cphFixture, PROJECT } from '../../support/cph.ts';

const agency = { userId: 'a', userName: 'phonevault', domainId: 'd' };
const DAY = 86_400_000;

it('issues keys and a token of the agency, valid for 24 hours', async () => {
  const { iam, clock } = cphFixture();
  for (const credentials of [
    issueCredentials(iam, agency, PROJECT),
    await fetchCredentials(iam, agency, PROJECT),
  ]) {
    const key = iam.keys.find(credentials.accessKey);
    expect(key).toMatchObject({ securityToken: credentials.securityToken, projectId: PROJECT });
    expect(key?.expiresAt).toBe(clock.now() + DAY);
    expect(iam.tokens.find(credentials.token)).toMatchObject({
      principal: agency,
      projectId: PROJECT,
    });
  }
});

it('uses a given key, whose security token may be missing', () => {
  const { iam } = cphFixture();
  const key = iam.keys.issue({ principal: agency, projectId: PROJECT });
  expect(issueCredentials(iam, agency, PROJECT, key)).toMatchObject({
    accessKey: key.accessKey,
    securityToken: '',
  });
});
