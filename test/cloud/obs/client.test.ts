import { describe, expect, it } from 'vitest';
import { BUCKET, expectedSignature, found, keys, md5, startObs } from '../support/obs-server.ts';
import type { ReceivedRequest } from '../support/server.ts';

describe('createS3Client', () => {
  it('puts the bucket in the host, signs by our clock and sends no checksum headers', async () => {
    const { obs, received, port } = await startObs(() => found(''));
    await obs.put(BUCKET, "a b/ü+'(1)!.json", '{}');
    const [put] = received as [ReceivedRequest];
    expect(put.headers.host).toBe(`${BUCKET}.obs.localhost:${port}`);
    expect(put.path).toContain('/a%20b/%C3%BC%2B%27%281%29%21.json');
    expect(put.headers['x-amz-date']).toBe('20260102T030405Z');
    expect(put.headers['x-amz-security-token']).toBe('ST1');
    expect(put.headers['content-md5']).toBe(md5('{}', 'base64'));
    expect(put.headers.authorization).toContain('AK1/20260102/cn-north-4/s3/aws4_request');
    expect(put.headers.authorization).toContain(`Signature=${expectedSignature(put)}`);
    expect(Object.keys(put.headers).filter((name) => /checksum|trailer/.test(name))).toEqual([]);
    expect(put.body).toBe('{}');
  });

  it('puts the bucket in the path with pathStyle', async () => {
    const { obs, received, port } = await startObs(() => found('x'), { pathStyle: true });
    await obs.get(BUCKET, 'k');
    expect(received[0]?.headers.host).toBe(`obs.localhost:${port}`);
    expect(received[0]?.path).toMatch(new RegExp(`^/${BUCKET}/k`));
  });

  it('signs the query', async () => {
    const { obs, received } = await startObs(() => ({
      body: '<ListBucketResult><Name>b</Name></ListBucketResult>',
    }));
    await obs.list(BUCKET, "runs/a+b&c=d'*", { startAfter: 'runs/ü' });
    expect(received[0]?.headers.authorization).toContain(
      expectedSignature(received[0] as ReceivedRequest),
    );
  });

  it('reads neither the environment nor shared files', async () => {
    const saved = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'OTHER',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_PROFILE: 'none',
      AWS_MAX_ATTEMPTS: 'x',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
    });
    try {
      const { obs, received } = await startObs(() => found('x'));
      expect(await obs.get(BUCKET, 'k')).toBeDefined();
      expect(received[0]?.headers.authorization).toContain('AK1/20260102/cn-north-4');
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    }
  });

  it('throws before anything is sent when the function has no keys', async () => {
    const { obs, received } = await startObs(() => ({}), {
      credentials: { ...keys, accessKey: '' },
    });
    await expect(obs.get(BUCKET, 'a')).rejects.toMatchObject({ code: 'credentials_missing' });
    expect(received).toHaveLength(0);
  });

  it.each([301, 302, 303, 307, 308])(
    'does not follow a redirect with status %i',
    async (status) => {
      const elsewhere = await startObs(() => found('x'));
      const headers = { location: `${elsewhere.url}/k`, 'x-amz-bucket-region': 'elsewhere-1' };
      const { obs, received } = await startObs(() => ({ status, headers }), { pathStyle: true });
      await expect(obs.get(BUCKET, 'k')).rejects.toThrow();
      expect(received).toHaveLength(1);
      expect(elsewhere.received).toEqual([]);
    },
  );
});
