import { credentialsFrom } from '../../lib/cloud/request/credentials.ts';
import { createObs } from '../../lib/cloud/obs/obs.ts';
import { createCloud } from '../../local/cloud.ts';
import { rawRequest } from '../../local/http/raw-request.ts';
import { playClock } from '../../testing/play-clock.ts';
import { obsAccessSuite } from './obs/access-suite.ts';

const MINUTE = 60_000;

const refused = 'credentials_refused';
const codes = {
  wrongSecret: refused,
  unknownToken: refused,
  noToken: refused,
  expired: refused,
} as const;

obsAccessSuite(
  'the embedded OBS',
  async () => {
    const clock = playClock();
    const cloud = await createCloud({ phones: 0, clock });
    const owner = { principal: { userId: 'u', userName: 'u', domainId: cloud.accountId } };
    return {
      bucket: cloud.bucket,
      keys: cloud.credentials,
      async expiredKeys() {
        const short = { ...owner, projectId: cloud.projectId, lifetimeMs: MINUTE };
        const { accessKey, secretKey, securityToken = '' } = cloud.iam.keys.issue(short);
        clock.move(MINUTE);
        return { accessKey, secretKey, securityToken };
      },
      obs: (keys, aheadMs = 0) =>
        createObs({
          clock: { ...clock, now: () => clock.now() + aheadMs },
          random: () => 0.5,
          region: cloud.region,
          endpoint: `https://obs.${cloud.region}.myhuaweicloud.com`,
          pathStyle: false,
          credentials: () => credentialsFrom({ ...keys, token: '' }),
          async send({ url, method, headers, body }) {
            const init = { method, headers, ...(body === undefined ? {} : { body }) };
            const answer = await cloud.handle(rawRequest(url, init));
            return {
              status: answer.status,
              headers: Object.fromEntries(answer.headers),
              body: new Uint8Array(await answer.arrayBuffer()),
            };
          },
        }),
    };
  },
  codes,
);
