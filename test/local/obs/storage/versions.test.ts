import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BucketTraits } from '../../../../local/obs/operations/call.ts';
import { versioningOf } from '../../../../local/obs/storage/versions.ts';
import { BUCKET, setUp } from '../../support/obs.ts';

async function bucketWith(traits: BucketTraits) {
  const map = new Map([[BUCKET, traits]]);
  const world = await setUp({ traits: map });
  const put = async (body: string) =>
    (await world.send({ method: 'PUT', path: '/k', body })).headers.get('x-amz-version-id');
  const head = () => world.send({ method: 'HEAD', path: '/k' });
  const remove = (version?: string) =>
    world.send({
      ...{ method: 'DELETE', path: '/k' },
      query: version === undefined ? [] : [['versionId', version]],
    });
  const text = async () => (await world.send({ path: '/k' })).text();
  return { ...world, map, put, head, remove, text };
}

describe('versioningOf', () => {
  it.each([
    [{}, undefined],
    [{ versioning: 'Suspended' }, 'Suspended'],
    [{ lock: {} }, 'Enabled'],
  ] as const)('of %o is %s', (traits, expected) => {
    expect(versioningOf(traits)).toBe(expected);
  });
});

describe('a bucket with versions', () => {
  it('hides an object by a delete marker, and shows it again without the marker', async () => {
    const { put, head, remove, text } = await bucketWith({ versioning: 'Enabled' });
    const version = await put('one');
    expect((await head()).headers.get('x-amz-version-id')).toBe(version);
    const removed = await remove();
    expect(removed.headers.get('x-amz-delete-marker')).toBe('true');
    const hidden = await head();
    expect([hidden.status, hidden.headers.get('x-amz-delete-marker')]).toEqual([404, 'true']);
    const marker = removed.headers.get('x-amz-version-id') ?? '';
    expect((await remove(marker)).headers.get('x-amz-delete-marker')).toBe('true');
    expect(await text()).toBe('one');
  });

  it('writes one more marker with each plain delete', async () => {
    const { remove } = await bucketWith({ versioning: 'Enabled' });
    const ids = [await remove(), await remove()].map(({ headers }) =>
      headers.get('x-amz-version-id'),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('deletes a version for good, and shows the one before it', async () => {
    const { put, head, remove, text } = await bucketWith({ versioning: 'Enabled' });
    const [first, second] = [await put('one'), await put('two')];
    expect(first).not.toBe(second);
    await remove(second ?? '');
    expect(await text()).toBe('one');
    await remove(first ?? '');
    const gone = await head();
    expect([gone.status, gone.headers.get('x-amz-delete-marker')]).toEqual([404, null]);
  });

  it('ignores the deletion of an unknown version', async () => {
    const { put, remove, text } = await bucketWith({ versioning: 'Enabled' });
    await put('one');
    expect((await remove('unknown')).status).toBe(204);
    expect(await text()).toBe('one');
  });

  it('keeps objects from before versioning as the version "null", which no header names', async () => {
    const { map, put, head, remove } = await bucketWith({});
    expect(await put('one')).toBeNull();
    map.set(BUCKET, { versioning: 'Enabled' });
    expect((await head()).headers.get('x-amz-version-id')).toBeNull();
    await remove('null');
    expect((await head()).status).toBe(404);
  });

  it('replaces only the version "null" while suspended', async () => {
    const { map, put, remove, text } = await bucketWith({ versioning: 'Enabled' });
    await put('one');
    map.set(BUCKET, { versioning: 'Suspended' });
    expect(await put('two')).toBeNull();
    expect(await put('three')).toBeNull();
    await remove('null');
    expect(await text()).toBe('one');
  });

  it('is switched by PUT ?versioning', async () => {
    const { send, map } = await bucketWith({});
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    const query: [string, string][] = [['versioning', '']];
    expect((await send({ method: 'PUT', path: '/', query, body })).status).toBe(200);
    expect(map.get(BUCKET)).toEqual({ versioning: 'Enabled' });
    expect((await send({ method: 'PUT', path: '/', query, body: '<x/>' })).status).toBe(400);
  });

  it('keeps a locked version until its day, and still accepts a delete marker', async () => {
    const { put, remove, head, clock } = await bucketWith({ lock: { days: 1 } });
    const version = (await put('one')) ?? '';
    expect((await remove(version)).status).toBe(403);
    expect((await remove()).status).toBe(204);
    expect((await head()).status).toBe(404);
    clock.now += 24 * 60 * 60_000;
    expect((await remove(version)).status).toBe(204);
  });

  it('refuses what its policy denies, in a call for many keys each by itself', async () => {
    const denied = [{ action: 'DeleteObject', keys: 'k' }] as const;
    const { send, put, remove } = await bucketWith({ denied });
    await put('one');
    expect((await remove()).status).toBe(403);
    const body = '<Delete><Object><Key>k</Key></Object><Object><Key>x</Key></Object></Delete>';
    const md5 = createHash('md5').update(body).digest('base64');
    const response = await send({
      ...{ method: 'POST', path: '/', query: [['delete', '']], body },
      headers: { 'content-md5': md5 },
    });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('<Error><Key>k</Key><Code>AccessDenied</Code>');
    expect(text).toContain('<Deleted><Key>x</Key></Deleted>');
  });
});
