import type { Credentials } from '../../iam/auth/credentials.ts';
import type { Time } from '../../simulation/time.ts';

const CACHED_MS = 600_000;
const NO_CREDENTIALS: Credentials = { accessKey: '', secretKey: '', securityToken: '', token: '' };

/**
 * The credentials that functions get from an agency: cached for ten minutes of simulated time, valid for 24 hours of real
 * time. Without an agency they are ''.
 */
export function createCredentialCache(options: {
  issue(agency: string): Promise<Credentials>;
  time: Time;
}): (agency: string) => Promise<Credentials> {
  const { issue, time } = options;
  const cache = new Map<string, { credentials: Promise<Credentials>; issuedAt: number }>();
  return async (agency) => {
    if (agency === '') return NO_CREDENTIALS;
    const known = cache.get(agency);
    if (known !== undefined && time.simulated() - known.issuedAt < CACHED_MS)
      return known.credentials;
    const credentials = issue(agency);
    cache.set(agency, { credentials, issuedAt: time.simulated() });
    credentials.catch(() => cache.delete(agency));
    return credentials;
  };
}
