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
    ['AccessDenied', 1],
    ['InternalError', 3],
  ])('returns the keys that could not be deleted (%s)', async (Code, attempts) => {
    const { obs, received } = await startObs(() => ({
      body: `<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>${Code}</Code></Error></DeleteResult>`,
    }));
    expect(await obs.remove(BUCKET, ['a', 'b'])).toEqual([{ key: 'b', code: Code }]);
    expect(received).toHaveLength(attempts);
  });

  it('tries again only the keys that may be deleted after all', async () => {
    const error = (key: string, code: string) =>
      `<Error><Key>${key}</Key><Code>${code}</Code></Error>`;
    const { obs, received } = await startObs((_request, index) => ({
      body:
        index === 0
          ? `<DeleteResult>${error('a', 'AccessDenied')}${error('b', 'InternalError')}</DeleteResult>`
          : '<DeleteResult><Deleted><Key>b</Key></Deleted></DeleteResult>',
    }));
    expect(await obs.remove(BUCKET, ['a', 'b'])).toEqual([{ key: 'a', code: 'AccessDenied' }]);
    expect(received).toHaveLength(2);
    expect(received[1]?.body).not.toContain('<Key>a</Key>');
  });

  it.each([[['a']], [['a', 'b']]])(
    'returns each key of a call that the bucket denies',
    async (keys) => {
      const { obs } = await startObs(() => xml(403, 'AccessDenied'));
      expect(await obs.remove(BUCKET, keys)).toEqual(
        keys.map((key) => ({ key, code: 'AccessDenied' })),
      );
    },
  );

  it.each([[['a']], [['a', 'b']]])(
    'returns each key of a call that will never work, such as one with status 405',
    async (keys) => {
      const { obs, received } = await startObs(() => xml(405, 'MethodNotAllowed'));
      expect(await obs.remove(BUCKET, keys)).toEqual(
        keys.map((key) => ({ key, code: 'MethodNotAllowed' })),
      );
      expect(received).toHaveLength(1);
    },
  );

  it('names the status when a refusal has no code', async () => {
    const { obs } = await startObs(() => ({ status: 405 }));
    expect(await obs.remove(BUCKET, ['a'])).toEqual([{ key: 'a', code: '405' }]);
  });

  it('counts a key that the response does not mention as not deleted', async () => {
    const { obs, received } = await startObs(() => ({
      body: '<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>',
    }));
    expect(await obs.remove(BUCKET, ['a', 'b'])).toEqual([{ key: 'b', code: 'unknown' }]);
    expect(received).toHaveLength(3);
    expect(received[1]?.body).not.toContain('<Key>a</Key>');
  });

  it('throws for an empty response', async () => {
    const { obs } = await startObs(() => ({ body: 'ok' }));
    await expect(obs.remove(BUCKET, ['a', 'b'])).rejects.toMatchObject({ code: 'unreachable' });
  });
});
