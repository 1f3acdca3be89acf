import type { Credentials } from '../../iam/auth/credentials.ts';
import type { Time } from '../../simulation/time.ts';

const CACHED_MS = 600_000;
const NONE: Credentials = { accessKey: '', secretKey: '', securityToken: '', token: '' };

/**
 * Credentials of an agency as functions get them: the same ones for ten minutes of model time, then new ones, all good
 * for 24 hours of true time. '' for no agency.
 */
export function createCredentialCache(options: {
  issue(agency: string): Promise<Credentials>;
  time: Time;
}): (agency: string) => Promise<Credentials> {
  const { issue, time } = options;
  const cache = new Map<string, { credentials: Promise<Credentials>; since: number }>();
  return async (agency) => {
    if (agency === '') return NONE;
    const known = cache.get(agency);
    if (known !== undefined && time.model() - known.since < CACHED_MS) return known.credentials;
    const credentials = issue(agency);
    cache.set(agency, { credentials, since: time.model() });
    credentials.catch(() => cache.delete(agency));
    return credentials;
  };
}
