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
          : page(
              ['c'],
              '<IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>',
            ),
    }));
    const listed = await obs.list(BUCKET, 'p/', { startAfter: 'p/0', delimiter: '/' });
    expect(listed.objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(listed.objects[0]).toEqual({
      key: 'a',
      size: 5,
      etag: 'e',
      lastModified: LAST_MODIFIED,
    });
    expect(listed.prefixes).toEqual(['d/']);
    const queries = received.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    expect(queries.map((query) => query.get('continuation-token'))).toEqual([null, 't1']);
    expect(queries[0]?.get('start-after')).toBe('p/0');
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
    ['nothing', ''],
    ['garbage', 'garbage'],
    ['broken XML', '<ListBucketResult><Contents>'],
    ['another document', '<html><body>hello</body></html>'],
    ['a truncated page without a token for the next', page([], '<IsTruncated>true</IsTruncated>')],
  ])('does not take %s for an empty folder', async (_what, body) => {
    const { obs } = await startObs(() => ({ body }));
    await expect(obs.list(BUCKET, 'p/')).rejects.toMatchObject({
      code: 'unreachable',
      carriedOut: 'unknown',
    });
  });
});
