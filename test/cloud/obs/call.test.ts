import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createObs, type Obs } from '../../../lib/cloud/obs/obs.ts';
import { TransportError } from '../../../lib/cloud/request/send.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { BUCKET, keys, startObs, xml } from '../support/obs-server.ts';

describe('createObsCall', () => {
  it('repeats a call after a transient error, waiting by our clock', async () => {
    const s3 = mockClient(S3Client);
    s3.on(ListObjectsV2Command)
      .rejectsOnce(
        Object.assign(new Error('x'), {
          name: 'InternalError',
          $metadata: { httpStatusCode: 500 },
        }),
      )
      .resolves({ Name: BUCKET, Contents: [] });
    s3.on(GetObjectCommand).rejects(
      Object.assign(new Error('x'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }),
    );
    const { obs, slept } = await startObs(() => ({}));
    expect(await obs.list(BUCKET, '')).toEqual({ objects: [] });
    expect(await obs.get(BUCKET, 'k')).toBeUndefined();
    expect(slept).toEqual([100]);
    s3.restore();
  });

  it('sends nothing more after the keys were refused', async () => {
    const { obs, received } = await startObs(() => xml(403, 'InvalidAccessKeyId'));
    await expect(obs.get(BUCKET, 'a')).rejects.toMatchObject({ code: 'credentials_refused' });
    await expect(obs.get(BUCKET, 'b')).rejects.toMatchObject({ code: 'credentials_refused' });
    expect(received).toHaveLength(1);
  });

  it('gives each call the time for its bytes over a link of 100 KB/s', async () => {
    const rates: (number | undefined)[] = [];
    const obs = createObs({
      send: async ({ bytesPerSecond }) => {
        rates.push(bytesPerSecond);
        throw new TransportError('aborted', true);
      },
      credentials: () => keys,
      ...{ clock: playClock(0), random: () => 0, region: 'cn-north-4', pathStyle: false },
      endpoint: 'https://obs.cn-north-4.myhuaweicloud.com',
    });
    await expect(obs.put(BUCKET, 'k', 'x')).rejects.toThrow('PutObject');
    expect(new Set(rates)).toEqual(new Set([100_000]));
  });

  it.each<[string, number, (obs: Obs) => Promise<unknown>]>([
    ['GetObject', 13, (obs) => obs.get(BUCKET, 'k')],
    ['HeadObject', 13, (obs) => obs.head(BUCKET, 'k')],
    ['PutObject', 13, (obs) => obs.put(BUCKET, 'k', '')],
    ['ListObjectsV2', 13, (obs) => obs.list(BUCKET, 'k')],
    ['DeleteObject', 13, (obs) => obs.remove(BUCKET, ['k'])],
    ['DeleteObjects', 13, (obs) => obs.remove(BUCKET, ['k', 'l'])],
    ['GetBucketVersioning', 13, (obs) => obs.purge(BUCKET, ['k'])],
  ])('ends a %s without a response within %d seconds', async (_, seconds, perform) => {
    const clock = playClock(0);
    const obs = createObs({
      send: async ({ timeoutMs }) => {
        clock.move(timeoutMs);
        throw new TransportError('timeout', true);
      },
      credentials: () => keys,
      ...{ clock, random: () => 0.99, region: 'cn-north-4', pathStyle: false },
      endpoint: 'https://obs.cn-north-4.myhuaweicloud.com',
    });
    await expect(perform(obs)).rejects.toMatchObject({ code: 'unreachable' });
    expect(clock.now()).toBeLessThanOrEqual(seconds * 1_000);
  });

  it.each([
    [60, 13],
    [12, 8],
    [6, 1],
    [0, 1],
  ])(
    'ends a call without a response in time, %d seconds before the end of the invocation',
    async (left, seconds) => {
      const clock = playClock(0);
      const limits: object[] = [];
      const obs = createObs({
        send: async ({ timeoutMs, bytesPerSecond }) => {
          limits.push({ bytesPerSecond });
          clock.move(timeoutMs);
          throw new TransportError('timeout', true);
        },
        credentials: () => keys,
        ...{ clock, random: () => 0.99, region: 'cn-north-4', pathStyle: false },
        endpoint: 'https://obs.cn-north-4.myhuaweicloud.com',
        timeLeft: () => left * 1_000 - clock.now(),
      });
      await expect(obs.put(BUCKET, 'k', 'x'.repeat(1e6))).rejects.toMatchObject({
        code: 'unreachable',
      });
      expect(Math.ceil(clock.now() / 1_000)).toBeLessThanOrEqual(seconds);
      // The time for its bytes would come on top.
      expect(limits[0]).toEqual({ bytesPerSecond: left === 60 ? 100_000 : undefined });
    },
  );
});
