import { expect, it } from 'vitest';
import { createAccount } from '../../local/account.ts';

it('draws ids from the seed unless they are given', () => {
  const account = createAccount({ seed: 1, region: 'cn-north-4' });
  const again = createAccount({ seed: 1, region: 'cn-north-4' });
  expect(again).toEqual({ ...account, user: { ...account.user, password: again.user.password } });
  expect(account.project.id).not.toBe(createAccount({ seed: 2, region: 'cn-north-4' }).project.id);
  expect(account).toMatchObject({
    domain: { name: 'demo' },
    project: { name: 'cn-north-4' },
    user: { userName: 'phonevault' },
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

it('draws the password from real randomness unless it is given', () => {
  const passwords = [1, 1].map(
    (seed) => createAccount({ seed, region: 'cn-north-4' }).user.password,
  );
  expect(passwords[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(passwords[0]).not.toBe(passwords[1]);
});
