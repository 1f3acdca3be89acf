import { describe, expect, it } from 'vitest';
import { BUCKET, LAST_MODIFIED, startObs } from '../support/obs-server.ts';

describe('listObjects', () => {
  const page = (keysOn: string[], more: string) =>
    `<ListBucketResult><Name>${BUCKET}</Name>${keysOn
      .map(
        (key) =>
          `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>5</Size><StorageClass>WARM</StorageClass></Contents>`,
      )
      .join('')}${more}</ListBucketResult>`;

  it('reads all pages', async () => {
    const { obs, received } = await startObs((_request, index) => ({
      body:
        index === 0
          ? page(
              ['a', 'b'],
              '<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>',
            )
          : page(['c'], '<IsTruncated>false</IsTruncated>'),
    }));
    const listed = await obs.list(BUCKET, 'p/', { startAfter: 'A' });
    expect(listed.objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(listed.objects[0]).toEqual({
      key: 'a',
      size: 5,
      etag: 'e',
      lastModified: LAST_MODIFIED,
    });
    const queries = received.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    expect(queries.map((query) => query.get('continuation-token'))).toEqual([null, 't1']);
    expect(queries[0]?.get('start-after')).toBe('A');
    expect(queries[0]?.get('prefix')).toBe('p/');
  });

  it('stops at `max`, and requests no more than that', async () => {
    const { obs, received } = await startObs(() => ({
      body: page(
        ['a', 'b'],
        '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
      ),
    }));
    expect((await obs.list(BUCKET, '', { max: 2 })).objects).toHaveLength(2);
    expect((await obs.list(BUCKET, '', { max: 0 })).objects).toHaveLength(0);
    expect(received).toHaveLength(1);
    expect(received[0]?.path).toContain('max-keys=2');
  });

  it.each([
    ['no token', ''],
    ['an empty token', '<NextContinuationToken></NextContinuationToken>'],
  ])('goes on after the last key of a truncated page with %s', async (_, more) => {
    const { obs, received } = await startObs((_request, index) => ({
      body:
        index === 0
          ? page(['a', 'b'], `<IsTruncated>true</IsTruncated><NextMarker>b</NextMarker>${more}`)
          : page(['c'], '<IsTruncated>false</IsTruncated>'),
    }));
    const { objects } = await obs.list(BUCKET, '');
    expect(objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    const queries = received.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    expect(queries.map((query) => query.get('start-after'))).toEqual([null, 'b']);
  });

  it('goes on after the last key when the token repeats itself', async () => {
    const token = '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>';
    const pages = [page(['a'], token), page(['b'], token), page(['c'], '')];
    const { obs, received } = await startObs((_request, index) => ({ body: pages[index] ?? '' }));
    const { objects } = await obs.list(BUCKET, '', { page: 1 });
    expect(objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(received[2]?.path).toContain('start-after=b');
    expect(received[2]?.path).not.toContain('continuation-token');
  });

  it.each([
    ['without a token', '<IsTruncated>true</IsTruncated>'],
    [
      'with a token that is ignored',
      '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
    ],
  ])('stops when the next page begins again, %s', async (_, more) => {
    const { obs, received } = await startObs(() => ({ body: page(['a', 'b'], more) }));
    await expect(obs.list(BUCKET, '')).rejects.toMatchObject({
      code: 'service',
      retryable: false,
      message: 'obs ListObjectsV2: the next page of the list begins again',
      hint: expect.stringContaining('ListObjectsV2') as string,
    });
    expect(received).toHaveLength(2);
  });

  it('stops when start-after is ignored', async () => {
    const { obs } = await startObs(() => ({ body: page(['a', 'b'], '') }));
    const listing = obs.list(BUCKET, '', { startAfter: 'a' });
    await expect(listing).rejects.toMatchObject({ code: 'service' });
  });

  it.each([
    ['nothing', ''],
    ['garbage', 'garbage'],
    ['broken XML', '<ListBucketResult><Contents>'],
    ['another document', '<html><body>hello</body></html>'],
    ['a truncated page without keys or a token', page([], '<IsTruncated>true</IsTruncated>')],
  ])('does not take %s for an empty folder', async (_what, body) => {
    const { obs } = await startObs(() => ({ body }));
    await expect(obs.list(BUCKET, 'p/')).rejects.toMatchObject({
      code: 'unreachable',
      carriedOut: 'unknown',
    });
  });
});
