import { describe, expect, it } from 'vitest';
import { BUCKET, found, md5, startObs } from '../../support/obs-server.ts';

const TEXT = '{"version":1}';
const ETAG = `"${md5(TEXT, 'hex')}"`;

/** Returns what `get` returns where the n-th response has the n-th of these bodies, and how many responses it took. */
async function got(bodies: string[], headers: Record<string, string> = {}) {
  const { obs, received } = await startObs((_request, index) => {
    const response = found(bodies[index] ?? '', ETAG);
    if (typeof response === 'string') return response;
    return { ...response, headers: { ...response.headers, ...headers } };
  });
  const object = await obs.get(BUCKET, 'k');
  return { body: object?.body, calls: received.length };
}

describe('getObject', () => {
  it('returns a body that its ETag confirms', async () => {
    expect(await got([TEXT])).toEqual({ body: TEXT, calls: 1 });
  });

  it.each(['{"version":1', '{"version":7}', ''])(
    'reads again what its ETag does not confirm: %j',
    async (garbled) => {
      expect(await got([garbled, TEXT])).toEqual({ body: TEXT, calls: 2 });
    },
  );

  it('returns what two responses agree on, whatever their ETag', async () => {
    expect(await got(['other', 'other'])).toEqual({ body: 'other', calls: 2 });
  });

  it('takes the ETag of an encrypted object for no digest', async () => {
    const encrypted = { 'x-amz-server-side-encryption': 'aws:kms' };
    expect(await got(['other'], encrypted)).toEqual({ body: 'other', calls: 1 });
  });

  it('throws when no two responses agree', async () => {
    await expect(got(['a', 'b', 'c'])).rejects.toMatchObject({ code: 'unreachable' });
  });
});
