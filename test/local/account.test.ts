import { expect, it } from 'vitest';
import { createAccount, DEFAULT_USER } from '../../local/account.ts';

it('draws ids from the seed unless they are given', () => {
  const account = createAccount({ seed: 1, region: 'cn-north-4' });
  expect(account).toEqual(createAccount({ seed: 1, region: 'cn-north-4' }));
  expect(account.project.id).not.toBe(createAccount({ seed: 2, region: 'cn-north-4' }).project.id);
  expect(account).toMatchObject({
    domain: { name: 'demo' },
    project: { name: 'cn-north-4' },
    user: { userName: DEFAULT_USER.name, password: DEFAULT_USER.password },
    agency: { userName: 'phonevault', domainId: account.domain.id },
  });
  const user = { name: 'robot', password: 'secret-word' };
  expect(
    createAccount({ seed: 1, region: 'r-1', projectId: 'p', accountId: 'a', user }),
  ).toMatchObject({
    domain: { id: 'a' },
    project: { id: 'p', name: 'r-1' },
    user: { userName: 'robot', password: 'secret-word' },
  });
});
