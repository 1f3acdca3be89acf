import { describe, expect, it } from 'vitest';
import { BUCKET, startObs, xml } from '../support/obs-server.ts';
import type { ReceivedRequest, ServerResponse } from '../support/server.ts';

type Answer = ServerResponse;

const status = (text: string) => ({
  body: `<VersioningConfiguration>${text}</VersioningConfiguration>`,
});
const ENABLED = status('<Status>Enabled</Status>');
const GONE = { status: 204 };
const object = (version?: string): Answer => ({
  headers: {
    ...{ etag: '"e"', 'last-modified': new Date(0).toUTCString(), 'content-length': '0' },
    ...(version === undefined ? {} : { 'x-amz-version-id': version }),
  },
});
const ABSENT = { status: 404 };

const isOf = (request: ReceivedRequest, name: string) => request.path.includes(name);
/** A bucket that tells `versioning`; HEAD and DELETE of a key are answered in turn. */
async function bucket(versioning: Answer, heads: Answer[], deletes: Answer[]) {
  const turns = { heads: [...heads], deletes: [...deletes] };
  const started = await startObs((request) => {
    if (isOf(request, 'versioning')) return versioning;
    const next = request.method === 'HEAD' ? turns.heads.shift() : turns.deletes.shift();
    return next ?? (request.method === 'HEAD' ? ABSENT : GONE);
  });
  return started;
}

describe('purge', () => {
  it('deletes plainly in a bucket without versions, and asks it once', async () => {
    const { obs, received } = await bucket(status(''), [], []);
    expect(await obs.purge(BUCKET, ['a'])).toEqual({ refused: [], versioning: 'off' });
    await obs.purge(BUCKET, ['b']);
    expect(received.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'DELETE']);
    expect(received.some(({ path }) => path.includes('versionId'))).toBe(false);
  });

  it('makes no call without keys', async () => {
    const { obs, received } = await bucket(ENABLED, [], []);
    expect((await obs.purge(BUCKET, [])).refused).toEqual([]);
    expect(received).toEqual([]);
  });

  it.each([
    ['enabled', ENABLED, 'v1', 'v1'],
    ['suspended', status('<Status>Suspended</Status>'), undefined, 'null'],
  ])(
    'deletes the version that HEAD shows where versioning is %s',
    async (_, versioning, version, expected) => {
      const { obs, received } = await bucket(versioning, [object(version)], [GONE]);
      expect(await obs.purge(BUCKET, ['a'])).toEqual({ refused: [], versioning: 'on' });
      const removed = received.find(({ method }) => method === 'DELETE');
      expect(removed?.path).toContain(`versionId=${expected}`);
      expect(received.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'DELETE', 'HEAD']);
    },
  );

  it('deletes all versions of an object that was overwritten', async () => {
    const { obs, received } = await bucket(ENABLED, [object('v2'), object('v1')], []);
    expect((await obs.purge(BUCKET, ['a'])).refused).toEqual([]);
    const removed = received.filter(({ method }) => method === 'DELETE');
    expect(removed.map(({ path }) => /versionId=(\w+)/.exec(path)?.[1])).toEqual(['v2', 'v1']);
  });

  it('stops after three versions, and says so', async () => {
    const heads = ['v5', 'v4', 'v3', 'v2'].map(object);
    const { obs } = await bucket(ENABLED, heads, []);
    expect((await obs.purge(BUCKET, ['a'])).refused).toEqual([
      { key: 'a', code: 'older_versions' },
    ]);
  });

  it('counts an absent object as deleted', async () => {
    const { obs, received } = await bucket(ENABLED, [], []);
    expect((await obs.purge(BUCKET, ['a', 'b'])).refused).toEqual([]);
    expect(received.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'HEAD']);
  });

  it('returns a version that may not be deleted, such as a locked one', async () => {
    const { obs, received } = await bucket(ENABLED, [object('v1')], [xml(403, 'AccessDenied')]);
    expect(await obs.purge(BUCKET, ['a'])).toEqual({
      ...{ refused: [{ key: 'a', code: 'AccessDenied' }], versioning: 'on' },
    });
    expect(received).toHaveLength(3);
  });

  it('deletes many objects by version in one call, and names those that stay', async () => {
    const { obs, received } = await startObs((request) => {
      if (isOf(request, 'versioning')) return ENABLED;
      if (request.method !== 'HEAD') {
        return {
          body: '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>',
        };
      }
      const heads = received.filter(({ method }) => method === 'HEAD');
      return heads.length > 2 ? ABSENT : object('v1');
    });
    expect((await obs.purge(BUCKET, ['a', 'b'])).refused).toEqual([
      { key: 'b', code: 'AccessDenied' },
    ]);
    const [removed] = received.filter(({ method }) => method === 'POST');
    expect(removed?.body).toContain('<VersionId>v1</VersionId>');
  });

  it('returns an object that may not be looked up', async () => {
    const { obs } = await bucket(ENABLED, [{ status: 403 }], []);
    expect((await obs.purge(BUCKET, ['a'])).refused).toEqual([{ key: 'a', code: 'AccessDenied' }]);
  });
});

describe('purge of a bucket that does not tell whether it keeps versions', () => {
  const denied = xml(403, 'AccessDenied');

  it.each([
    ['may not be asked', denied],
    ['has no such setting', xml(405, 'MethodNotAllowed')],
  ])('deletes plainly when it %s, and says so', async (_, versioning) => {
    const { obs, received } = await bucket(versioning, [], []);
    expect(await obs.purge(BUCKET, ['a'])).toEqual({ refused: [], versioning: 'unknown' });
    expect(received.map(({ method }) => method)).toEqual(['GET', 'DELETE']);
  });

  it('returns an object that is only hidden by a delete marker', async () => {
    const hidden = { status: 204, headers: { 'x-amz-delete-marker': 'true' } };
    const { obs } = await bucket(denied, [], [hidden]);
    expect((await obs.purge(BUCKET, ['a'])).refused).toEqual([{ key: 'a', code: 'delete_marker' }]);
  });

  it('returns each object of a call that is only hidden by a delete marker', async () => {
    const body =
      '<DeleteResult><Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>';
    const { obs } = await bucket(denied, [], [{ body }]);
    expect((await obs.purge(BUCKET, ['a', 'b'])).refused).toEqual([
      { key: 'a', code: 'delete_marker' },
    ]);
  });

  it('throws a failure that may pass, and asks again', async () => {
    let failures = 3;
    const { obs } = await startObs((request) => {
      if (!isOf(request, 'versioning')) return GONE;
      return (failures -= 1) >= 0 ? xml(500, 'InternalError') : status('');
    });
    await expect(obs.purge(BUCKET, ['a'])).rejects.toMatchObject({ code: 'service' });
    expect(await obs.purge(BUCKET, ['a'])).toEqual({ refused: [], versioning: 'off' });
  });
});
