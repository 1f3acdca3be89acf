import { describe, expect, it } from 'vitest';
import { startObs } from '../support/obs-server.ts';
import type { ServerResponse } from '../support/server.ts';

const setUp = async (response: ServerResponse) => (await startObs(() => response)).bucket;

const xml = (body: string, status = 200): ServerResponse => ({ status, headers: {}, body });

describe('head', () => {
  it.each([
    [{ 'x-amz-bucket-region': 'cn-north-4' }, { region: 'cn-north-4', isFileSystem: false }],
    [{ 'x-obs-bucket-location': 'cn-east-3' }, { region: 'cn-east-3', isFileSystem: false }],
    [{ 'x-obs-fs-file-interface': 'Enabled' }, { region: undefined, isFileSystem: true }],
    [{}, { region: undefined, isFileSystem: false }],
  ] as [Record<string, string>, object][])(
    'reads the headers %o as %o',
    async (headers, expected) => {
      const bucket = await setUp({ status: 200, headers, body: '' });
      expect(await bucket.head('backups')).toEqual(expected);
    },
  );

  it.each([
    [404, 'bucket_missing'],
    [301, 'setting_invalid'],
    [307, 'setting_invalid'],
    [403, 'access_denied'],
  ])('reads status %i as %s', async (status, code) => {
    const bucket = await setUp({ status, headers: {}, body: '' });
    await expect(bucket.head('backups')).rejects.toMatchObject({ code });
  });
});

describe('versioning', () => {
  it.each([
    ['<VersioningConfiguration/>', 'off'],
    ['<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>', 'enabled'],
    ['<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>', 'suspended'],
  ])('%s: %s', async (body, expected) => {
    expect(await (await setUp(xml(body))).versioning('backups')).toBe(expected);
  });
});

describe('lock', () => {
  const enabled = '<ObjectLockEnabled>Enabled</ObjectLockEnabled>';
  const rule =
    '<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>10</Days><Years>0</Years></DefaultRetention></Rule>';
  const error = (code: string) => `<Error><Code>${code}</Code><Message>m</Message></Error>`;

  it.each<[ServerResponse, unknown]>([
    [xml(`<ObjectLockConfiguration>${enabled}${rule}</ObjectLockConfiguration>`), { days: 10 }],
    [xml(`<ObjectLockConfiguration>${enabled}</ObjectLockConfiguration>`), {}],
    [xml(error('InvalidRequest'), 400), 'off'],
    [xml(error('ObjectLockConfigurationNotFoundError'), 404), 'off'],
  ])('%j', async (response, expected) => {
    expect(await (await setUp(response)).lock('backups')).toEqual(expected);
  });

  it('throws when reading the lock is denied', async () => {
    const bucket = await setUp(xml(error('AccessDenied'), 403));
    await expect(bucket.lock('backups')).rejects.toMatchObject({ code: 'access_denied' });
  });
});
