import { describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../lib/cloud/request/credentials.ts';
import type { HttpRequest, Send } from '../../lib/cloud/request/send.ts';
import { createMeter } from '../../lib/run/meter.ts';
import { createClients } from '../../lib/runtime/clients.ts';
import { createLog } from '../../lib/runtime/log.ts';
import { readSettings } from '../../lib/runtime/settings.ts';
import { playClock } from '../../testing/play-clock.ts';

function setUp(answer: (request: HttpRequest) => { status: number; text: string }) {
  const requests: HttpRequest[] = [];
  const lines: string[] = [];
  const clock = playClock();
  const send: Send = async (request) => {
    requests.push(request);
    const { status, text } = answer(request);
    return { status, headers: {}, body: new TextEncoder().encode(text) };
  };
  const settings = readSettings(
    {},
    {
      env: {
        PHONEVAULT_REGION: 'cn-north-4',
        PHONEVAULT_PROJECT_ID: 'p1',
        PHONEVAULT_BUCKET: 'backups',
      },
    },
  );
  const clients = createClients({
    settings,
    credentials: credentialsFrom({
      token: 'TOK',
      accessKey: 'AK1',
      secretKey: 'SK1',
      securityToken: 'ST1',
    }),
    clock,
    random: () => 0.5,
    send,
    log: createLog((line) => lines.push(line), clock),
    meter: createMeter(clock),
  });
  return { clients, requests, lines };
}

describe('createClients', () => {
  it('sends the calls of every client to its endpoint', async () => {
    const { clients, requests } = setUp(() => ({ status: 500, text: '{}' }));
    const { cph, obs, smn, functiongraph } = clients;
    await Promise.allSettled([
      cph.showPhone('a1'),
      obs.get('other', 'k'),
      smn.publish('urn:smn:r:p1:t', { subject: '', message_structure: {}, message_attributes: [] }),
      functiongraph.invokeAsync('urn:fss:r:p1:function:default:f', {}),
    ]);
    const origins = new Set(requests.map(({ url }) => new URL(url).origin));
    expect([...origins].sort()).toEqual([
      'https://cph.cn-north-4.myhuaweicloud.com',
      'https://functiongraph.cn-north-4.myhuaweicloud.com',
      'https://other.obs.cn-north-4.myhuaweicloud.com',
      'https://smn.cn-north-4.myhuaweicloud.com',
    ]);
  });

  it('keeps credentials for other services when one refuses them', async () => {
    const { clients, requests } = setUp(() => ({ status: 401, text: '{}' }));
    await expect(clients.cph.showPhone('a1')).rejects.toMatchObject({
      code: 'credentials_refused',
    });
    const before = requests.length;
    await expect(clients.cph.showPhone('a1')).rejects.toMatchObject({
      code: 'credentials_refused',
    });
    expect(requests).toHaveLength(before);
    await clients.smn
      .publish('urn:smn:r:p1:t', { subject: '', message_structure: {}, message_attributes: [] })
      .catch(() => undefined);
    expect(requests.length).toBeGreaterThan(before);
  });

  it('logs failed calls without URLs or credentials', async () => {
    const { clients, lines } = setUp(() => ({ status: 503, text: '<html>' }));
    await clients.cph.listPhones({ offset: 0, limit: 1 }).catch(() => undefined);
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: 'call_failed',
      service: 'cph',
      operation: 'list-phones',
      code: 'unreachable',
      status: 503,
      attempt: 1,
    });
    expect(lines.join()).not.toMatch(/https|TOK|AK1/);
  });

  it('does not log what is absent or exists already as a failed call', async () => {
    const { clients, lines } = setUp(({ method }) =>
      method === 'PUT' ? { status: 412, text: '' } : { status: 404, text: '{}' },
    );
    expect(await clients.cph.showPhone('a1')).toBeUndefined();
    const put = await clients.obs.put('other', 'k', 'x', { ifNoneMatch: true });
    expect(put).toEqual({ outcome: 'exists' });
    expect(lines).toEqual([]);
  });
});
