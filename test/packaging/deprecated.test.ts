import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialsFrom } from '../../lib/cloud/request/credentials.ts';
import { sign } from '../../lib/cloud/request/sign.ts';
import { bundleHandlers } from '../../packaging/bundle.ts';

const REQUEST = join(import.meta.dirname, '../../lib/cloud/request');
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const KEYS = { token: '', accessKey: 'AK1', secretKey: 'SK1', securityToken: 'ST1' };
const URLS = [
  'https://cph.cn-north-4.myhuaweicloud.com/v1/p1/cloud-phone/phones?offset=0&limit=100',
  'http://127.0.0.1:18000/v2/p1/fgs/functions/urn:fss:cn-north-4:p1:function:default:a/config',
  'https://smn.cn-north-4.myhuaweicloud.com',
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phonevault-'));
  const files = ['sign.ts', 'credentials.ts'].map((name) => join(REQUEST, name));
  const entry = join(folder, 'entry.ts');
  await writeFile(entry, files.map((file) => `export * from ${JSON.stringify(file)};`).join('\n'));
  await bundleHandlers([{ in: entry, out: 'signer' }], folder);
});
afterAll(() => rm(folder, { recursive: true }));

it('a built signer signs as the installed one does, and calls nothing deprecated', async () => {
  const request = { method: 'GET', headers: { 'content-type': 'application/json' }, timeoutMs: 1 };
  const program = `
    const { sign, credentialsFrom } = require('./signer.js');
    const [request, keys, urls, now] = JSON.parse(process.argv[1]);
    const signed = urls.map((url) => sign({ ...request, url }, credentialsFrom(keys), 'p1', now));
    Promise.all(signed).then((all) => console.log(JSON.stringify(all)));`;

  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      ...['--pending-deprecation', '--throw-deprecation', '-e', program],
      JSON.stringify([request, KEYS, URLS, NOW]),
    ],
    { cwd: folder },
  );

  const installed = URLS.map((url) => sign({ ...request, url }, credentialsFrom(KEYS), 'p1', NOW));
  expect(JSON.parse(stdout)).toEqual(await Promise.all(installed));
  expect(stderr).toBe('');
});
