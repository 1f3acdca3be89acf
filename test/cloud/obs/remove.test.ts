import { describe, expect, it } from 'vitest';
import { BUCKET, expectedSignature, md5, startObs, xml } from '../support/obs-server.ts';
import type { ReceivedRequest } from '../support/server.ts';

describe('removeObjects', () => {
  it('deletes one key, present or not', async () => {
    const { obs, received } = await startObs((_request, index) =>
      index === 0 ? { status: 204 } : xml(404, 'NoSuchKey'),
    );
    await obs.remove(BUCKET, ['a']);
    await obs.remove(BUCKET, ['b']);
    expect(received.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  it('deletes many keys in calls of 1,000, with the MD5 that OBS requires', async () => {
    const { obs, received } = await startObs((one) => ({
      body: `<DeleteResult>${[...one.body.matchAll(/<Key>(\w+)<\/Key>/g)]
        .map(([, key]) => `<Deleted><Key>${key}</Key></Deleted>`)
        .join('')}</DeleteResult>`,
    }));
    await obs.remove(
      BUCKET,
      Array.from({ length: 1_001 }, (_, i) => `k${i}`),
    );
    expect(received).toHaveLength(2);
    for (const { body, headers } of received)
      expect(headers['content-md5']).toBe(md5(body, 'base64'));
    expect(received[0]?.headers.authorization).toContain(
      expectedSignature(received[0] as ReceivedRequest),
    );
  });

  it('makes no call without keys', async () => {
    const { obs, received } = await startObs(() => ({}));
    await obs.remove(BUCKET, []);
    expect(received).toHaveLength(0);
  });

  it.each([
    ['AccessDenied', 'access_denied', 1],
    ['InternalError', 'service', 3],
  ])('throws when a key could not be deleted (%s)', async (Code, code, attempts) => {
    const { obs, received } = await startObs(() => ({
      body: `<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>${Code}</Code></Error></DeleteResult>`,
    }));
    await expect(obs.remove(BUCKET, ['a', 'b'])).rejects.toMatchObject({ code, serviceCode: Code });
    expect(received).toHaveLength(attempts);
  });

  it('throws for an empty response', async () => {
    const { obs } = await startObs(() => ({ body: 'ok' }));
    await expect(obs.remove(BUCKET, ['a', 'b'])).rejects.toMatchObject({ code: 'unreachable' });
  });
});
