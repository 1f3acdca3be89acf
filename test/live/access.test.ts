import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../../lib/runtime/real-clock.ts';
import type { ExternalKeys } from '../../local/iam/auth/keys.ts';
import { obsAccessSuite } from '../cloud/obs/access-suite.ts';
import { makeBucket, obsWith, roleKeys, sessionKeys } from './support/obs.ts';

const plain = ({ accessKey, secretKey, securityToken = '' }: ExternalKeys) => ({
  accessKey,
  secretKey,
  securityToken,
});

/** OBS names a wrong token and an old session as such (InvalidSecurity, InvalidAccessKeyId); radosgw denies access. */
const codes = {
  wrongSecret: 'credentials_refused',
  unknownToken: 'access_denied',
  noToken: 'access_denied',
  expired: 'access_denied',
} as const;

for (const [kind, give] of [
  ['a session', sessionKeys],
  ['a role', () => roleKeys(3_600)],
] as const) {
  obsAccessSuite(
    `radosgw with keys of ${kind}`,
    async () => {
      const bucket = `access-${randomBytes(4).toString('hex')}`;
      await makeBucket(bucket);
      return {
        bucket,
        keys: plain(await give(bucket)),
        async expiredKeys() {
          // The server's clock cannot be moved: a session of a second has to pass.
          const keys = await roleKeys(1);
          await sleep(Math.max(0, (keys.expiresAt ?? 0) - Date.now()) + 1_500);
          return plain(keys);
        },
        obs: (keys, aheadMs = 0) =>
          obsWith(
            { ...keys, expiresAt: undefined },
            { ...realClock, now: () => realClock.now() + aheadMs },
          ),
      };
    },
    codes,
  );
}
