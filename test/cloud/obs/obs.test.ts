import { describe, expect, it } from 'vitest';
import { BUCKET, found, headOf, LAST_MODIFIED, startObs, xml } from '../support/obs-server.ts';
import type { ServerResponse } from '../support/server.ts';

const COLD = { 'x-amz-storage-class': 'GLACIER' };
const readableUntil = Date.UTC(2026, 0, 4);
const EXPIRY = `expiry-date="${new Date(readableUntil).toUTCString()}"`;

describe('get and head', () => {
  it('return the object', async () => {
    const { obs } = await startObs((received) =>
      received.method === 'HEAD' ? headOf(12) : found('hällo'),
    );
    expect(await obs.get(BUCKET, 'k')).toEqual({
      body: 'hällo',
      etag: 'e1',
      lastModified: LAST_MODIFIED,
    });
    expect(await obs.head(BUCKET, 'k')).toEqual({
      key: 'k',
      size: 12,
      etag: 'e1',
      lastModified: LAST_MODIFIED,
    });
  });

  it.each([
    [{}, {}],
    [{ 'x-amz-restore': 'ongoing-request="true"' }, {}],
    [COLD, { cold: true }],
    [
      { ...COLD, 'x-amz-restore': 'ongoing-request="true"' },
      { cold: true, thawing: true },
    ],
    [{ ...COLD, 'x-amz-restore': 'ongoing-request="false"' }, {}],
    [{ ...COLD, 'x-amz-restore': `ongoing-request="false", ${EXPIRY}` }, { readableUntil }],
  ])('tell a cold object that cannot be read yet (%o)', async (headers, expected) => {
    const known = { etag: '"e1"', 'last-modified': new Date(LAST_MODIFIED).toUTCString() };
    const { obs } = await startObs(() => ({
      headers: { ...known, 'content-length': '12', ...headers },
    }));
    const { key, size, etag, lastModified, ...rest } = (await obs.head(BUCKET, 'k'))!;
    expect([key, size, etag, lastModified]).toEqual(['k', 12, 'e1', LAST_MODIFIED]);
    expect(rest).toEqual(expected);
  });

  it('return undefined for an absent key', async () => {
    const { obs, received } = await startObs((one) =>
      one.method === 'HEAD' ? { status: 404 } : xml(404, 'NoSuchKey'),
    );
    expect(await obs.get(BUCKET, 'k')).toBeUndefined();
    expect(await obs.head(BUCKET, 'k')).toBeUndefined();
    expect(received).toHaveLength(2);
  });

  it.each(['', 'garbage'])('throw for an incomplete response (%s)', async (body) => {
    const { obs, received } = await startObs(() => ({ body }));
    await expect(obs.get(BUCKET, 'k')).rejects.toMatchObject({ code: 'unreachable' });
    await expect(obs.head(BUCKET, 'k')).rejects.toMatchObject({ code: 'unreachable' });
    expect(received).toHaveLength(6);
  });

  it('return the empty text of an empty object', async () => {
    const { obs } = await startObs(() => found(''));
    expect(await obs.get(BUCKET, 'k')).toMatchObject({ body: '' });
  });
});

describe('tail', () => {
  it.each<[string, ServerResponse, string | undefined]>([
    ['of a range', { status: 206, headers: { etag: '"e"' }, body: 'end' }, 'end'],
    [
      'of a whole object, as the store ignores the range',
      { headers: { etag: '"e"' }, body: 'the end' },
      'end',
    ],
    ['of an empty object', xml(416, 'InvalidRange'), ''],
    ['of an absent key', xml(404, 'NoSuchKey'), undefined],
  ])('returns the last bytes %s', async (_what, response, expected) => {
    const { obs, received } = await startObs(() => response);
    const tail = await obs.tail(BUCKET, 'k', 3);
    expect(tail && Buffer.from(tail).toString()).toBe(expected);
    expect(received[0]?.headers.range).toBe('bytes=-3');
  });

  it('throws for an incomplete response', async () => {
    const { obs } = await startObs(() => ({ body: 'garbage' }));
    await expect(obs.tail(BUCKET, 'k', 3)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
