import { afterAll } from 'vitest';
import { createCloud } from '../../../local/cloud.ts';
import { listen, type Listening } from '../../../local/http/server.ts';
import { objectServerSuite } from './suite.ts';

const listening: Listening[] = [];
afterAll(() => Promise.all(listening.map((server) => server.close())));

// The OBS of a second embedded cloud: a server without STS.
objectServerSuite(
  'another OBS',
  async () => {
    const other = await createCloud({ phones: 0, region: 'us-east-1' });
    const principal = { userId: 'u', userName: 'u', domainId: other.accountId };
    const key = other.iam.keys.issue({ principal, projectId: other.projectId });
    const server = await listen(other.services.obs, 0, 1024 * 1024);
    listening.push(server);
    const { accessKey, secretKey } = key;
    const keys = { accessKey, secretKey, securityToken: undefined, expiresAt: undefined };
    return { url: server.url, region: 'us-east-1', keys };
  },
  { sessions: false },
);
