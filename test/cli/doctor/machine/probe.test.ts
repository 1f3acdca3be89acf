import { describe, expect, it } from 'vitest';
import { probeEndpoints } from '../../../../cli/doctor/machine/probe.ts';
import { type HttpRequest, TransportError } from '../../../../lib/cloud/request/send.ts';
import { playClock } from '../../../../testing/play-clock.ts';

const endpoints = {
  cph: 'https://cph.example',
  iam: 'https://iam.example',
  obs: 'https://obs.example',
  smn: 'https://smn.example',
  functiongraph: 'https://functiongraph.example',
};

describe('probeEndpoints', () => {
  it('requests the root of each endpoint once, without credentials', async () => {
    const sent: HttpRequest[] = [];
    const send = async (request: HttpRequest) => {
      sent.push(request);
      return { status: 403, headers: {}, body: new Uint8Array() };
    };
    const probes = await probeEndpoints(endpoints, { send, clock: playClock() });
    expect(sent.map(({ url }) => url)).toEqual(Object.values(endpoints).map((url) => `${url}/`));
    expect(sent.map(({ method, headers }) => [method, headers])).toEqual(
      Array(5).fill(['GET', {}]),
    );
    expect(probes.map(({ service, url }) => [service, url])).toEqual(Object.entries(endpoints));
  });

  it('notes the date of a response, and when its request was sent and answered', async () => {
    const clock = playClock(1_000);
    const send = async ({ url }: HttpRequest) => {
      if (url.startsWith(endpoints.cph)) clock.move(10);
      return { status: 200, headers: { date: 'Fri' }, body: new Uint8Array() };
    };
    const [probe] = await probeEndpoints(endpoints, { send, clock });
    expect(probe?.response).toEqual({
      kind: 'received',
      sentAt: 1_000,
      receivedAt: 1_010,
      date: 'Fri',
    });
  });

  it('notes why an endpoint did not respond, and probes the others', async () => {
    const send = async ({ url }: HttpRequest) => {
      if (url.startsWith(endpoints.iam)) throw new TransportError('dns', false);
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
    const probes = await probeEndpoints(endpoints, { send, clock: playClock() });
    expect(probes[1]?.response).toEqual({ kind: 'none', why: 'dns' });
    expect(probes.filter(({ response }) => response.kind === 'received')).toHaveLength(4);
  });

  it('throws any other error', async () => {
    const send = () => Promise.reject(new TypeError('odd'));
    await expect(probeEndpoints(endpoints, { send, clock: playClock() })).rejects.toThrow('odd');
  });
});
