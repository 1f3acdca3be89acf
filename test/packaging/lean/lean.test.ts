import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import { createObs, type Obs } from '../../../lib/cloud/obs/obs.ts';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import type { HttpRequest, Send } from '../../../lib/cloud/request/send.ts';
import { sign } from '../../../lib/cloud/request/sign.ts';
import { readYaml } from '../../../lib/policy/parse/yaml.ts';
import { bundleHandlers } from '../../../packaging/bundle.ts';
import { recordingClock } from '../../cloud/support/recording-clock.ts';

const root = join(import.meta.dirname, '../../..');
const whole = { createObs, createObsBucket, credentialsFrom, sign, readYaml };
type Parts = typeof whole;

const SOURCES = `
export { createObs } from '${root}/lib/cloud/obs/obs.ts';
export { createObsBucket } from '${root}/lib/cloud/obs/bucket.ts';
export { credentialsFrom } from '${root}/lib/cloud/request/credentials.ts';
export { sign } from '${root}/lib/cloud/request/sign.ts';
export { readYaml } from '${root}/lib/policy/parse/yaml.ts';
`;

let folder: string;
let lean: Parts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lean-'));
  const entry = join(folder, 'parts.ts');
  await writeFile(entry, SOURCES);
  await bundleHandlers([{ in: entry, out: 'parts' }], folder);
  lean = createRequire(import.meta.url)(join(folder, 'parts.js')) as Parts;
});

afterAll(() => rm(folder, { recursive: true }));

type Answer = { status?: number; headers?: Record<string, string>; body?: string };
type Place = { endpoint: string; pathStyle: boolean; bucket: string };

/** Secrets are only known to the module that made them. */
const keysOf = (parts: Parts) =>
  parts.credentialsFrom({
    ...{ token: 'T', accessKey: 'AK1', secretKey: 'SK1', securityToken: 'ST1' },
  });

/** What the SDK's own client adds to its requests, and signs. */
const ONLY_WHOLE = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent', 'user-agent'];

/** Performs calls against a store that responds as prepared. Returns the requests, and the result or the error. */
async function performed(
  parts: Parts,
  { endpoint, pathStyle }: Place,
  answer: Answer,
  work: (obs: Obs, bucket: ReturnType<Parts['createObsBucket']>) => Promise<unknown>,
) {
  const requests: unknown[] = [];
  const send: Send = async ({ method, url, headers, body }: HttpRequest) => {
    const kept = Object.entries(headers).filter(([name]) => !ONLY_WHOLE.includes(name));
    const { authorization = '', ...others } = Object.fromEntries(kept);
    const signed = /Credential=[^,]+/.exec(authorization)?.[0];
    requests.push({ method, url, headers: others, signed, body });
    const { status = 200, headers: own = {}, body: text = '' } = answer;
    return { status, headers: own, body: Buffer.from(text) };
  };
  const keys = keysOf(parts);
  const options = {
    ...{ send, credentials: () => keys, clock: recordingClock().clock, random: () => 0.5 },
    ...{ region: 'cn-north-4', endpoint, pathStyle },
  };
  try {
    const result = await work(parts.createObs(options), parts.createObsBucket(options));
    return { requests, result };
  } catch (error) {
    const { name, message, ...fields } = error as Error;
    return { requests, error: { name, message, ...fields, cause: undefined } };
  }
}

const HTTPS = 'https://obs.cn-north-4.myhuaweicloud.com';
const PLACES: Place[] = [
  { endpoint: HTTPS, pathStyle: false, bucket: 'backups' },
  { endpoint: HTTPS, pathStyle: false, bucket: 'my.backups' },
  { endpoint: 'http://obs.localhost:8080', pathStyle: false, bucket: 'my.backups' },
  { endpoint: 'http://127.0.0.1:8080', pathStyle: false, bucket: 'backups' },
  { endpoint: 'http://[::1]:8080', pathStyle: false, bucket: 'backups' },
  { endpoint: 'http://localhost:8080', pathStyle: true, bucket: 'backups' },
];

const LIST = `<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>
<Contents><Key>a &amp; b/ü</Key><Size>12</Size><ETag>&quot;e1&quot;</ETag><LastModified>2026-01-02T03:04:05.678Z</LastModified><StorageClass>GLACIER</StorageClass></Contents>
<Contents><Key>c</Key><Size>0</Size><ETag>"e2"</ETag><LastModified>2026-01-02T03:04:05Z</LastModified></Contents></ListBucketResult>`;
const DELETED =
  '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>';
const OBJECT = {
  etag: '"e1"',
  'last-modified': 'Fri, 02 Jan 2026 03:00:00 GMT',
  'content-length': '5',
  'x-amz-version-id': 'v1',
  'x-amz-storage-class': 'GLACIER',
  'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 09 Jan 2026 00:00:00 GMT"',
  'x-amz-object-lock-retain-until-date': '2026-02-02T03:04:05.000Z',
  expires: 'never',
};
const xml = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m &lt;1&gt;</Message><RequestId>r1</RequestId></Error>`;
const LOCK =
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>';
const thaw = { days: 3, tier: 'standard' } as const;

type Call = [string, Answer, Parameters<typeof performed>[3]];
const KEY = "a b/ü+'(1)!*.json";

const calls = (bucket: string): Call[] => [
  ['PUT', { headers: { etag: '"e1"' } }, (obs) => obs.put(bucket, KEY, '{"ü":1}')],
  [
    'a conditional PUT',
    { status: 412, body: xml('PreconditionFailed') },
    (obs) => obs.put(bucket, KEY, '{}', { ifNoneMatch: true }),
  ],
  ['GET', { headers: OBJECT, body: 'hällo' }, (obs) => obs.get(bucket, KEY)],
  ['a tail', { headers: OBJECT, body: 'hello' }, (obs) => obs.tail(bucket, KEY, 3)],
  ['HEAD', { headers: OBJECT }, (obs) => obs.head(bucket, KEY)],
  ['LIST', { body: LIST }, (obs) => obs.list(bucket, "runs/a+b&c=d'*", { startAfter: 'ü' })],
  ['DELETE', { status: 204 }, (obs) => obs.remove(bucket, ['a'])],
  ['deleting many', { body: DELETED }, (obs) => obs.remove(bucket, ['a', 'b', 'ü<&>'])],
  ['an error with status 200', { body: xml('SlowDown') }, (obs) => obs.remove(bucket, ['a', 'b'])],
  ['a thaw', { status: 202 }, (obs) => obs.restoreObject(bucket, KEY, thaw)],
  ['versioning', { body: '<VersioningConfiguration/>' }, (_, own) => own.versioning(bucket)],
  ['a lock', { body: LOCK }, (_, own) => own.lock(bucket)],
  [
    'the head of a bucket',
    { headers: { 'x-amz-bucket-region': 'cn-north-4' } },
    (_, own) => own.head(bucket),
  ],
  ['a missing key', { status: 404, body: xml('NoSuchKey') }, (obs) => obs.get(bucket, KEY)],
  ['a missing bucket', { status: 404, body: xml('NoSuchBucket') }, (obs) => obs.list(bucket, '')],
  ['HEAD without a body', { status: 403 }, (obs) => obs.head(bucket, KEY)],
  [
    'an unknown error',
    { status: 400, body: xml('Strange'), headers: { 'x-amz-request-id': 'r2' } },
    (obs) => obs.put(bucket, KEY, 'x'),
  ],
  ['a server error', { status: 503, body: xml('SlowDown') }, (obs) => obs.get(bucket, KEY)],
  ['no XML', { status: 502, body: '<html>Bad gateway' }, (obs) => obs.list(bucket, '')],
  ['a wrong list', { body: 'no list' }, (obs) => obs.list(bucket, '')],
];

describe('the S3 client in a handler', () => {
  describe.each(PLACES)('at $endpoint, path style $pathStyle, bucket $bucket', (place) => {
    it.each(calls(place.bucket))(
      'sends what the SDK sends, and understands the response: %s',
      async (_, answer, work) => {
        const own = await performed(lean, place, answer, work);
        expect(own).toEqual(await performed(whole, place, answer, work));
        expect(own.requests).not.toEqual([]);
      },
    );
  });
});

describe('the official signer in a handler', () => {
  it('signs as with lodash and moment', async () => {
    const request = {
      ...{ method: 'POST', timeoutMs: 1_000, body: '{"a":["ü"]}' },
      url: 'https://cph.cn-north-4.myhuaweicloud.com/v1/p%20q/x?b=2&a=1&a=0',
      headers: { 'content-type': 'application/json', Zed: '1', accept: 'a' },
    };
    const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const signed = await lean.sign(request, keysOf(lean), 'p1', now);
    expect(signed).toEqual(await whole.sign(request, keysOf(whole), 'p1', now));
    expect(signed.headers['Authorization']).toMatch(/Signature=[0-9a-f]{64}$/);
  });
});

const FILES = [
  'name: nightly\nlist: [1, 0x1f, 0o17, 1.5e3, .inf, true, null, ~]\ntext: |\n  a\n  b\nfolded: >-\n  a\n  b\n',
  '%YAML 1.1\n---\nname: yes\n',
  '%TAG ! tag:x,2000:\n---\na: !b c\n',
  'a: !!binary aGk=\nb: !!set {x, y}\nc: !!timestamp 2026-01-02\nd: !!omap [a: 1]\ne: !!str 1\nf: !!float 1\n',
  'a: &x 1\nb: *x\n<<: {c: 1}\n',
  '? {a: 1}\n: 2\n? [b]\n: 3\n1: 4\n',
  "'single': 'it''s'\n\"double\": \"\\u00fc\\n\"\n",
  'a: 1\na: 2\n',
  '- a\n',
  'a: [1, 2\nb: {\n',
  '\ta: 1\n',
  'a: 1\n---\nb: 2\n',
  '',
];

describe('the YAML reader in a handler', () => {
  it.each(FILES)('reads as the whole package: %j', (text) => {
    const [own, expected] = [lean.readYaml(text), whole.readYaml(text)];
    expect(own.problems).toEqual(expected.problems);
    // What a tag makes of a value does not matter: tags are refused.
    if (own.problems.length === 0) expect(own.value).toEqual(expected.value);
  });
});
