import { describe, expect, it } from 'vitest';
import { judgeEndpoints } from '../../../../cli/doctor/machine/endpoints.ts';
import { probeEndpoints } from '../../../../cli/doctor/machine/probe.ts';
import { type HttpRequest, nodeSend, TransportError } from '../../../../lib/cloud/request/send.ts';
import { listen } from '../../../../local/http/server.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const endpoints = {
  cph: 'https://cph.example',
  iam: 'https://iam.example',
  obs: 'https://obs.example',
  smn: 'https://smn.example',
  functiongraph: 'https://functiongraph.example',
};
const clock = { now: () => 0, sleep: async () => undefined };

describe('endpoints', () => {
  it('passes when every service responds, whatever the status', async () => {
    const cli = await doctorNight({ bare: true });
    const { outcome, message } = await cli.finding('endpoints');
    expect(outcome).toBe('ok');
    expect(message).toContain('cph, iam, obs, smn, functiongraph are reachable, over HTTPS');
  });

  it.each([
    ['dns', 'unknown host name', 'PHONEVAULT_SMN_ENDPOINT'],
    ['tls', 'TLS failed', 'check the clock'],
    ['timeout', 'timeout', 'PHONEVAULT_REGION (cn-north-4)'],
  ] as const)('fails and names the service that is not reachable (%s)', async (kind, text, fix) => {
    const send = async ({ url }: HttpRequest) => {
      if (url.startsWith('https://smn')) throw new TransportError(kind, false);
      return { status: 404, headers: {}, body: new Uint8Array() };
    };
    const findings = judgeEndpoints(await probeEndpoints(endpoints, { send, clock }), 'cn-north-4');
    expect(findings).toEqual([
      {
        ...{ check: 'endpoints', subject: 'smn', outcome: 'failed' },
        message: `https://smn.example: ${text}`,
        fix: expect.stringContaining(fix) as string,
      },
    ]);
  });

  it('says that services are called over plain HTTP, and names a closed port', async () => {
    const server = await listen(async () => new Response('', { status: 403 }), 0, 1024);
    const send = nodeSend();
    const here = Object.fromEntries(Object.keys(endpoints).map((name) => [name, server.url]));
    try {
      const all = await probeEndpoints(here as typeof endpoints, { send, clock });
      expect(judgeEndpoints(all, 'r')).toMatchObject([
        {
          outcome: 'ok',
          message: expect.stringContaining('all over plain HTTP on this machine') as string,
        },
      ]);
      await server.close();
      const none = await probeEndpoints(here as typeof endpoints, { send, clock });
      const closed = judgeEndpoints(none, 'r');
      expect(closed.map(({ subject }) => subject)).toEqual(Object.keys(endpoints));
      expect(closed[0]?.message).toContain(`${server.url}: connection`);
    } finally {
      send.close();
    }
  });
});
