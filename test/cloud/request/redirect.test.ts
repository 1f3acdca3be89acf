import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../lib/cloud/request/auth.ts';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { createCph } from '../../../lib/cloud/cph/cph.ts';
import { createIam } from '../../../lib/cloud/iam.ts';
import { createObs } from '../../../lib/cloud/obs/obs.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { createSmn } from '../../../lib/cloud/smn.ts';
import { secret } from '../../../lib/secret.ts';
import { playClock } from './play-clock.ts';
import { startServer } from './server.ts';

const send = nodeSend();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => send.close());

const credentials = credentialsFrom({
  token: 'T',
  accessKey: 'AK',
  secretKey: 'SK',
  securityToken: 'ST',
});

/** A service that sends everybody elsewhere, and the place that it sends them to. */
async function detour(status: number) {
  const elsewhere = await startServer(() => ({ body: '{}' }));
  const headers = { location: `${elsewhere.url}/stolen`, 'x-amz-bucket-region': 'elsewhere-1' };
  const service = await startServer(() => ({ status, headers }));
  open.push(service.close, elsewhere.close);
  const { clock } = playClock();
  const authenticate = createAuthenticator({ credentials, projectId: 'p1', clock });
  const caller = { send, authenticate, clock, random: () => 0.5 };
  return { caller: { ...caller, endpoint: service.url, projectId: 'p1' }, service, elsewhere };
}

describe.each([301, 302, 303, 307, 308])('a redirect with status %i', (status) => {
  it.each<[string, (caller: Awaited<ReturnType<typeof detour>>['caller']) => Promise<unknown>]>([
    ['CPH', (caller) => createCph(caller).showPhone('a1')],
    ['an export', (caller) => createCph(caller).batchStorage([])],
    [
      'SMN',
      (caller) => {
        const message = { subject: '', message_structure: {}, message_attributes: [] };
        return createSmn(caller).publish('urn:smn:r:p1:t', message);
      },
    ],
    [
      'IAM, with a password',
      (caller) => {
        const login = { account: 'a', user: 'u', password: secret('p'), project: { name: 'r' } };
        return createIam(caller).createToken(login);
      },
    ],
    [
      'OBS',
      (caller) => {
        const where = { region: 'cn-north-4', pathStyle: true };
        return createObs({ ...caller, ...where, credentials: () => credentials }).get('b-1', 'k');
      },
    ],
  ])('takes nothing of what is sent to %s elsewhere', async (_service, ask) => {
    const { caller, service, elsewhere } = await detour(status);
    await expect(ask(caller)).rejects.toThrow();
    expect(service.seen.length).toBeGreaterThan(0);
    expect(elsewhere.seen).toEqual([]);
  });
});
