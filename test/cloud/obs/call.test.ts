import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { BUCKET, startObs, xml } from '../support/obs-server.ts';

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
});
