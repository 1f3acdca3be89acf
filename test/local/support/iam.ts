import { createCalls } from '../../../local/api/calls.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { createIam } from '../../../local/iam/service/service.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { manualClock } from './clock.ts';
import { ACCOUNT } from './cph.ts';

export const IAM_HOST = 'iam.cn-north-4.myhuaweicloud.com';
export const PROJECT_SCOPE = { project: { name: 'cn-north-4' } };

type Body = {
  token: { project?: { id: string }; domain?: object; catalog?: unknown[] };
  error: { code: number; message: string };
  credential: { access: string; secret: string; securitytoken: string; expires_at: string };
  projects: object[];
  domains: object[];
};

/** IAM on a manual clock, and a login of its user. */
export function iamFixture() {
  const clock = manualClock();
  const time = createTime(clock);
  const faults = createFaultRegistry({ random: createRandom(1, 'faults'), time });
  const calls = createCalls();
  const iam = createIam({ account: ACCOUNT, region: 'cn-north-4', seed: 1, time, calls, faults });
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ) => {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const init = { method, headers, ...(json === undefined ? {} : { body: json }) };
    const response = await iam.service(new Request(`https://${IAM_HOST}${path}`, init));
    const text = await response.text();
    return {
      status: response.status,
      token: response.headers.get('x-subject-token') ?? '',
      body: JSON.parse(text || '{}') as Body,
    };
  };
  const logIn = (scope: unknown = PROJECT_SCOPE, user: object = {}, query = '') =>
    send(
      'POST',
      `/v3/auth/tokens${query}`,
      {},
      {
        auth: {
          identity: {
            methods: ['password'],
            password: {
              user: {
                name: 'robot',
                password: 'right-password',
                domain: { name: 'demo' },
                ...user,
              },
            },
          },
          ...(scope === null ? {} : { scope }),
        },
      },
    );
  return { clock, iam, send, logIn, calls };
}
