import { createHash } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type Cloud, type CloudOptions, createCloud } from '../../local/cloud.ts';
import { rawRequest } from '../../local/http/raw-request.ts';
import { manualClock } from './support/clock.ts';
import { signSdk } from './support/sign-sdk.ts';

/** The SDK's client, connected to the cloud in this process. */
function s3Of(cloud: Cloud, now: number): S3Client {
  return new S3Client({
    region: cloud.region,
    endpoint: `https://obs.${cloud.region}.myhuaweicloud.com`,
    credentials: {
      accessKeyId: cloud.credentials.accessKey,
      secretAccessKey: cloud.credentials.secretKey,
      sessionToken: cloud.credentials.securityToken,
    },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    systemClockOffset: now - Date.now(),
    maxAttempts: 1,
    requestHandler: {
      async handle(request: HttpRequest) {
        const query = new URLSearchParams(request.query as Record<string, string>).toString();
        const url = `https://${request.hostname}${request.path}${query === '' ? '' : `?${query}`}`;
        const { method, headers, body } = request;
        const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
        const init = { method, headers, ...(hasBody ? { body: body as string } : {}) };
        const response = await cloud.handle(rawRequest(url, init));
        return {
          response: {
            statusCode: response.status,
            headers: Object.fromEntries(response.headers),
            body: new Uint8Array(await response.arrayBuffer()),
          },
        };
      },
    },
  });
}

type HttpRequest = {
  hostname: string;
  path: string;
  query: object;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
};
type Json = Record<string, unknown>;

async function fixture(options: CloudOptions = {}) {
  const clock = manualClock();
  const cloud = await createCloud({ clock, ...options });
  const cphHost = `cph.${cloud.region}.myhuaweicloud.com`;
  const base = `/v1/${cloud.projectId}/cloud-phone`;
  const cph = async (method: string, path: string, body?: object) => {
    const response = await cloud.handle(
      new Request(`https://${cphHost}${base}${path}`, {
        method,
        headers: { 'x-auth-token': cloud.credentials.token },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, body: (await response.json()) as Json };
  };
  return { clock, cloud, cph, cphHost };
}

const storage = (cloud: Cloud, ids: string[]) => ({
  storage_infos: ids.map((phone_id) => ({
    phone_id,
    include_files: ['/data/data'],
    bucket_name: cloud.bucket,
    object_path: `backup/${phone_id}.tar`,
  })),
});

/** Exports every running phone as fast as the limits allow. Returns a hash of all responses. */
async function exportAll(
  { cloud, clock, cph }: Awaited<ReturnType<typeof fixture>>,
  batch: number,
) {
  const transcript = createHash('sha256');
  const note = (value: unknown) => transcript.update(JSON.stringify(value));
  const ids: string[] = [];
  for (let offset = 0; ; offset += 200) {
    const page = await cph('GET', `/phones?limit=200&offset=${offset}`);
    const phones = (page.body.phones ?? []) as { phone_id: string; status: number }[];
    note(page.body);
    ids.push(...phones.filter((phone) => phone.status === 2).map((phone) => phone.phone_id));
    if (phones.length < 200) break;
    clock.move(1_000);
  }
  const requests: unknown[] = [];
  for (let index = 0; index < ids.length; index += batch) {
    let response = await cph(
      'POST',
      '/phones/batch-storage',
      storage(cloud, ids.slice(index, index + batch)),
    );
    while (response.status === 429) {
      clock.move(60_000);
      response = await cph(
        'POST',
        '/phones/batch-storage',
        storage(cloud, ids.slice(index, index + batch)),
      );
    }
    note(response.body);
    requests.push(response.body.request_id);
  }
  clock.move(3_600_000);
  for (let index = 0; index < requests.length; index += 20) {
    const some = requests.slice(index, index + 20);
    const response = await cph('GET', `/jobs?request_ids=${some.join(',')}&limit=100`);
    note(response.body);
    clock.move(2_000);
  }
  const archives = await cloud.backend.list(cloud.bucket, 'backup/');
  note(archives);
  return { exported: archives.length, wanted: ids.length, transcript: transcript.digest('hex') };
}

describe('the cloud in this process', () => {
  it('draws keys, tokens and the password from real randomness, not from the seed', async () => {
    const [one, other] = await Promise.all([1, 1].map((seed) => createCloud({ seed, phones: 1 })));
    expect(one?.projectId).toBe(other?.projectId);
    for (const name of ['accessKey', 'secretKey', 'securityToken', 'token'] as const) {
      expect(one?.credentials[name]).not.toBe(other?.credentials[name]);
    }
    expect(one?.user.password).not.toBe(other?.user.password);
  });

  it('behaves the same for the same seed, and differently for another', async () => {
    const play = async (seed: number) => exportAll(await fixture({ seed, phones: 80 }), 5);
    const first = await play(1);
    expect(first.exported).toBe(first.wanted);
    expect(await play(1)).toEqual(first);
    expect((await play(2)).transcript).not.toBe(first.transcript);
  });

  it('exports 5,000 phones without a timer', async () => {
    const result = await exportAll(
      await fixture({ phones: 5_000, servers: 80, limits: { storageInfosPerCall: 10 } }),
      10,
    );
    expect(result.wanted).toBeGreaterThan(4_700);
    expect(result.exported).toBe(result.wanted);
  });

  it('starts with 20,000 phones', async () => {
    const { cph } = await fixture({ phones: 20_000, servers: 300 });
    expect((await cph('GET', '/phones?limit=1')).body.count).toBe(20_000);
  });

  it('shows an archive in OBS as soon as its job has ended, without another call to CPH', async () => {
    const { cloud, clock, cph } = await fixture({ conditionalPut: 'honoured' });
    const [phone] = await cloud.control.phones();
    await cph('POST', '/phones/batch-storage', storage(cloud, [phone!.phone_id]));
    const keys = async () => {
      const list = new ListObjectsV2Command({ Bucket: cloud.bucket, Prefix: 'backup/' });
      return ((await s3Of(cloud, clock.now()).send(list)).Contents ?? []).map((o) => o.Key);
    };
    const before = await keys();
    clock.move(600_000);
    expect([before, await keys()]).toEqual([[], [`backup/${phone!.phone_id}.tar`]]);
    const again = new PutObjectCommand({
      Bucket: cloud.bucket,
      Key: `backup/${phone!.phone_id}.tar`,
      Body: 'x',
      IfNoneMatch: '*',
    });
    await expect(s3Of(cloud, clock.now()).send(again)).rejects.toThrow('precond');
    cloud.obs.conditionalPut = 'ignored';
    await expect(s3Of(cloud, clock.now()).send(again)).resolves.toBeDefined();
  });

  it('dates its responses in real time', async () => {
    const { cloud, clock, cphHost } = await fixture();
    const response = await cloud.handle(new Request(`https://${cphHost}/`));
    expect(response.headers.get('date')).toBe(new Date(clock.now()).toUTCString());
  });

  it('accepts the signature of its agency at every service', async () => {
    const { cloud, clock } = await fixture();
    const statuses: Record<string, number> = {};
    for (const [service, path] of [
      ['cph', `/v1/${cloud.projectId}/cloud-phone/phones`],
      ['iam', '/v3/projects'],
      ['smn', `/v2/${cloud.projectId}/notifications/topics`],
      ['functiongraph', `/v2/${cloud.projectId}/fgs/functions`],
      ['apig', '/'],
    ] as const) {
      const host = `${service}.${cloud.region}.myhuaweicloud.com`;
      const headers = signSdk({ method: 'GET', host, path, date: clock.now() }, cloud.credentials);
      const response = await cloud.handle(new Request(`https://${host}${path}`, { headers }));
      statuses[service] = response.status;
    }
    expect(statuses).toEqual({ cph: 200, iam: 200, smn: 200, functiongraph: 200, apig: 404 });
  });

  it('refuses an unsigned call to FunctionGraph', async () => {
    const { cloud } = await fixture();
    const url = `https://functiongraph.${cloud.region}.myhuaweicloud.com/v2/p/fgs/functions`;
    expect((await cloud.handle(new Request(url))).status).toBe(401);
  });

  it('shows a published message', async () => {
    const { cloud } = await fixture();
    const host = `smn.${cloud.region}.myhuaweicloud.com`;
    const path = `/v2/${cloud.projectId}/notifications/topics/${cloud.topicUrn}/publish`;
    const response = await cloud.handle(
      new Request(`https://${host}${path}`, {
        method: 'POST',
        headers: { 'x-auth-token': cloud.credentials.token, 'content-type': 'application/json' },
        body: JSON.stringify({ subject: 'hello', message: 'world' }),
      }),
    );
    expect(response.status).toBe(200);
    expect(await cloud.control.messages()).toMatchObject([{ subject: 'hello', message: 'world' }]);
  });

  it('renews expired credentials of its agency', async () => {
    const { cloud, clock, cph } = await fixture();
    clock.move(86_400_000);
    expect((await cph('GET', '/phones')).status).toBe(401);
    cloud.credentials = cloud.renewCredentials();
    expect((await cph('GET', '/phones')).status).toBe(200);
  });

  it('does not resolve the hosts of another region', async () => {
    const { cloud } = await fixture();
    const request = new Request('https://cph.cn-south-1.myhuaweicloud.com/');
    await expect(cloud.handle(request)).rejects.toThrow('ENOTFOUND');
  });
});
