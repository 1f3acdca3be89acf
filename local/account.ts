import type { Account } from './iam/account/account.ts';
import { createRandom, hexId, secureRandom } from './simulation/random.ts';

/** The name of the user that `POST /v3/auth/tokens` knows by default. */
export const DEFAULT_USER_NAME = 'phonevault';

/**
 * Returns the account of the cloud: `demo`, one project named like the region, one user, one agency. A password that is not
 * given is drawn from real randomness.
 */
export function createAccount(options: {
  seed: number;
  region: string;
  projectId?: string | undefined;
  accountId?: string | undefined;
  user?: { name: string; password?: string | undefined } | undefined;
}): Account {
  const { seed, region } = options;
  const ids = createRandom(seed, 'account');
  const projectId = options.projectId ?? hexId(ids);
  const domainId = options.accountId ?? hexId(ids);
  const agency = { userId: hexId(ids), userName: 'phonevault', domainId };
  const { name = DEFAULT_USER_NAME, password = hexId(secureRandom) } = options.user ?? {};
  return {
    domain: { id: domainId, name: 'demo' },
    project: { id: projectId, name: region },
    user: { userId: hexId(ids), userName: name, domainId, password },
    agency,
  };
}
