import { describe, expect, it } from 'vitest';
import { BUCKET, setUp } from '../../support/obs.ts';

const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();

async function withSource(headers: Record<string, string> = {}) {
  const world = await setUp();
  const own = { 'content-type': 'application/x-tar', 'x-amz-meta-run': 'r1', ...headers };
  await world.send({ method: 'PUT', path: '/a%20b', body: 'content', headers: own });
  const copy = (path: string, more: Record<string, string> = {}, source = `/${BUCKET}/a%20b`) =>
    world.send({ method: 'PUT', path, headers: { 'x-amz-copy-source': source, ...more } });
  return { ...world, copy };
}

describe('a copy', () => {
  it('has the bytes, the ETag and the metadata of its source', async () => {
    const { copy, send } = await withSource();
    const { etag } = Object.fromEntries((await send({ method: 'HEAD', path: '/a%20b' })).headers);
    const response = await copy('/copy');
    expect(await response.text()).toContain(`<ETag>${etag?.replaceAll('"', '&#34;')}</ETag>`);
    const found = await send({ path: '/copy' });
    expect(await found.text()).toBe('content');
    expect(found.headers.get('x-amz-meta-run')).toBe('r1');
  });

  it('onto itself changes the storage class', async () => {
    const { copy, send } = await withSource();
    expect(await codeOf(await copy('/a%20b'))).toBe('400 InvalidRequest');
    expect((await copy('/a%20b', { 'x-amz-storage-class': 'GLACIER' })).status).toBe(200);
    const { headers } = await send({ method: 'HEAD', path: '/a%20b' });
    expect(headers.get('x-amz-storage-class')).toBe('GLACIER');
    expect(headers.get('content-type')).toBe('application/x-tar');
  });

  it('replaces the metadata where the request says so', async () => {
    const { copy, send } = await withSource();
    await copy('/a%20b', { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-run': 'r2' });
    const { headers } = await send({ method: 'HEAD', path: '/a%20b' });
    expect(headers.get('x-amz-meta-run')).toBe('r2');
  });

  it.each([
    ['an unknown key', `/${BUCKET}/none`, '404 NoSuchKey'],
    ['an unknown bucket', '/nobody/k', '404 NoSuchBucket'],
    ['no key', BUCKET, '400 InvalidArgument'],
    ['a version', `/${BUCKET}/a%20b?versionId=1`, '501 NotImplemented'],
  ])('of %s is refused', async (_what, source, expected) => {
    const { copy } = await withSource();
    expect(await codeOf(await copy('/copy', {}, source))).toBe(expected);
  });

  it('of a cold object is refused', async () => {
    const { copy } = await withSource({ 'x-amz-storage-class': 'GLACIER' });
    expect(await codeOf(await copy('/copy'))).toBe('403 InvalidObjectState');
  });
});
