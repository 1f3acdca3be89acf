import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { createObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { playClock } from '../request/play-clock.ts';
import { type Answer, startServer } from '../request/server.ts';

const send = nodeSend();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});
afterAll(() => send.close());

async function setUp(answer: Answer) {
  const server = await startServer(() => answer);
  open.push(server.close);
  const keys = { token: '', accessKey: 'AK1', secretKey: 'SK1', securityToken: 'ST1' };
  const { clock } = playClock();
  return createObsBucket({
    send,
    credentials: () => credentialsFrom(keys),
    clock,
    random: () => 0.5,
    region: 'cn-north-4',
    endpoint: `http://obs.localhost:${server.port}`,
    pathStyle: false,
  });
}

const xml = (body: string, status = 200): Answer => ({ status, headers: {}, body });

describe('head', () => {
  it.each([
    [{ 'x-amz-bucket-region': 'cn-north-4' }, { region: 'cn-north-4', isFileSystem: false }],
    [{ 'x-obs-bucket-location': 'cn-east-3' }, { region: 'cn-east-3', isFileSystem: false }],
    [{ 'x-obs-fs-file-interface': 'Enabled' }, { region: undefined, isFileSystem: true }],
    [{}, { region: undefined, isFileSystem: false }],
  ] as [Record<string, string>, object][])('%o', async (headers, expected) => {
    const bucket = await setUp({ status: 200, headers, body: '' });
    expect(await bucket.head('backups')).toEqual(expected);
  });

  it.each([
    [404, 'bucket_missing'],
    [301, 'setting_invalid'],
    [307, 'setting_invalid'],
    [403, 'access_denied'],
  ])('%i: %s', async (status, code) => {
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

  it.each<[Answer, unknown]>([
    [xml(`<ObjectLockConfiguration>${enabled}${rule}</ObjectLockConfiguration>`), { days: 10 }],
    [xml(`<ObjectLockConfiguration>${enabled}</ObjectLockConfiguration>`), {}],
    [xml(error('InvalidRequest'), 400), 'off'],
    [xml(error('ObjectLockConfigurationNotFoundError'), 404), 'off'],
  ])('%j', async (answer, expected) => {
    expect(await (await setUp(answer)).lock('backups')).toEqual(expected);
  });

  it('does not take a refusal for no lock', async () => {
    const bucket = await setUp(xml(error('AccessDenied'), 403));
    await expect(bucket.lock('backups')).rejects.toMatchObject({ code: 'access_denied' });
  });
});
