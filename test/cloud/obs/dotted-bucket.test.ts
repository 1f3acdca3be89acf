import { describe, expect, it } from 'vitest';
import { selfSigned } from '../support/certificate.ts';
import { expectedSignature, found, startObs } from '../support/obs-server.ts';
import type { ReceivedRequest } from '../support/server.ts';

const REGION = 'obs.cn-north-4.localhost';
const identity = selfSigned([`*.${REGION}`, REGION]);

describe('a bucket whose name has dots', () => {
  it.each(['my.backups', 'a.b.c.d', 'obs.cn-north-4.localhost'])(
    'is called by its host name over HTTPS, with the region as TLS server name: %s',
    async (bucket) => {
      const { obs, received, port } = await startObs(() => found('text'), {
        identity,
        host: REGION,
      });
      expect((await obs.get(bucket, 'a b/ü'))?.body).toBe('text');
      const [get] = received as [ReceivedRequest];
      expect(get.headers.host).toBe(`${bucket}.${REGION}:${port}`);
      expect(get.path).toMatch(/^\/a%20b\/%C3%BC(\?|$)/);
      expect(get.serverName).toBe(REGION);
      expect(get.headers.authorization).toContain(`Signature=${expectedSignature(get)}`);
    },
  );

  it('is called at "/" when the request names no key', async () => {
    const { bucket, received } = await startObs(() => ({}), { identity, host: REGION });
    await bucket.head('my.backups');
    expect(received[0]?.path).toBe('/');
  });

  it('is called by path over plain HTTP', async () => {
    const { obs, bucket, received, port } = await startObs(() => found('text'), { host: REGION });
    await obs.get('my.backups', 'a/b');
    await bucket.head('my.backups');
    const [get, head] = received as [ReceivedRequest, ReceivedRequest];
    for (const { headers } of [get, head]) expect(headers.host).toBe(`${REGION}:${port}`);
    expect(get.path).toMatch(/^\/my\.backups\/a\/b(\?|$)/);
    expect(head.path).toMatch(/^\/my\.backups\/?$/);
    expect(get.headers.authorization).toContain(`Signature=${expectedSignature(get)}`);
  });

  it('is called by path with pathStyle', async () => {
    const options = { identity, host: REGION, pathStyle: true };
    const { obs, received, port } = await startObs(() => found('text'), options);
    await obs.get('my.backups', 'a/b');
    expect(received[0]?.headers.host).toBe(`${REGION}:${port}`);
    expect(received[0]?.path).toMatch(/^\/my\.backups\/a\/b/);
  });

  it('is called by path at an IP address', async () => {
    const { obs, received, port } = await startObs(() => found('text'), { host: '127.0.0.1' });
    await obs.get('my.backups', 'a/b');
    expect(received[0]?.headers.host).toBe(`127.0.0.1:${port}`);
    expect(received[0]?.path).toMatch(/^\/my\.backups\/a\/b/);
  });

  it('leaves the TLS server name of other buckets as it is', async () => {
    const { obs, received } = await startObs(() => found('text'), { identity, host: REGION });
    await obs.get('backups', 'k');
    await obs.get('my.backups', 'k');
    await obs.get('backups', 'k');
    const names = received.map(({ serverName }) => serverName);
    expect(names).toEqual([`backups.${REGION}`, REGION, `backups.${REGION}`]);
  });

  it('is refused when the certificate is not for the region', async () => {
    const other = selfSigned(['*.obs.cn-south-1.localhost', 'my.backups.obs.cn-north-4.localhost']);
    const options = { identity: other, host: REGION };
    const { obs, received } = await startObs(() => found('text'), options);
    const error = await obs.get('my.backups', 'k').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'unreachable',
      retryable: false,
      message: expect.stringContaining('no response (tls)') as string,
      hint: expect.stringContaining('use a bucket without dots') as string,
    });
    expect(received).toEqual([]);
  });
});
