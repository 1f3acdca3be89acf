import { describe, expect, it } from 'vitest';
import { credentialsFrom } from '../../lib/cloud/request/credentials.ts';
import { createObs, type Obs } from '../../lib/cloud/obs/obs.ts';
import type { CallRecord } from '../../lib/cloud/request/request.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { CORRUPTIONS } from '../../local/faults/corrupt-response.ts';
import type { Fault } from '../../local/faults/fault.ts';
import { night } from '../../testing/night.ts';
import { installLightS3 } from '../../testing/cloud/light-s3.ts';

const SENT = ['content-type', 'content-length', 'content-md5', 'if-none-match', 'range', 'host'];
const KEYS = ['a.json', 'b/c.txt', "odd/(k)*e!y's +&%=#?.json", 'ü/漢字.json', 'a b'];

/** Every use of the bucket that a drive makes, and more. */
async function useAll(obs: Obs, bucket: string): Promise<unknown[]> {
  const results: unknown[] = [];
  const note = async (work: Promise<unknown>): Promise<void> => {
    results.push(
      await work.catch((error: Error & { code?: string; facts?: object }) => ({
        ...{ message: error.message, code: error.code, facts: error.facts },
      })),
    );
  };
  for (const key of KEYS) {
    await note(obs.put(bucket, key, `{"of":"${key}"}`));
    await note(obs.put(bucket, key, '{}', { ifNoneMatch: true }));
    await note(obs.put(bucket, `new/${key}`, '', { ifNoneMatch: true }));
    for (const each of [key, `no/${key}`]) {
      await note(obs.get(bucket, each));
      await note(obs.head(bucket, each));
      await note(obs.tail(bucket, each, 5));
    }
  }
  for (const prefix of ['', 'b/', 'nothing', 'odd/(', 'ü']) {
    for (const options of [{}, { max: 1 }, { max: 3 }, { startAfter: 'b' }, { max: 0 }]) {
      await note(obs.list(bucket, prefix, options));
    }
  }
  await note(obs.list(bucket, '', { page: 2 }));
  await note(obs.remove(bucket, [KEYS[1] ?? '']));
  await note(obs.remove(bucket, ['no']));
  await note(obs.remove(bucket, [...KEYS, 'no']));
  await note(obs.list('elsewhere', ''));
  await note(obs.get('elsewhere', 'a'));
  await note(obs.head('elsewhere', 'a'));
  return results;
}

/** What all that comes to with a client of the SDK, or a light one: requests, results and records of calls. */
async function play(isLight: boolean, faults: Fault[], options: CloudOptions = {}) {
  const { cloud, clock, send } = await night({ phones: 1, servers: 1, seed: 7, ...options });
  for (const fault of faults) cloud.control.addFault(fault);
  const requests: object[] = [];
  const records: CallRecord[] = [];
  const restore = isLight ? installLightS3() : () => undefined;
  const obs = createObs({
    send: (request) => {
      const { method, url, headers, body } = request;
      const sent = SENT.map((name) => headers[name]);
      requests.push({ method, url: new URL(url).href, sent, body: String(body ?? '') });
      return send(request);
    },
    credentials: () => credentialsFrom(cloud.credentials),
    ...{ clock, random: () => 0.5, region: cloud.region, pathStyle: false },
    endpoint: `https://obs.${cloud.region}.myhuaweicloud.com`,
    onCall: (record) => records.push(record),
  });
  try {
    const results = await useAll(obs, cloud.bucket);
    return { requests, results, records };
  } finally {
    restore();
  }
}

async function compare(faults: Fault[], options: CloudOptions = {}): Promise<void> {
  const bySdk = await play(false, faults, options);
  expect(bySdk.requests.length).toBeGreaterThan(50);
  expect(await play(true, faults, options)).toEqual(bySdk);
}

describe('a light S3 client sends and understands what that of the SDK does', () => {
  it.each(['honoured', 'ignored', 'refused'] as const)(
    'with conditional PUT %s',
    async (conditionalPut) => compare([], { conditionalPut }),
  );

  it.each(CORRUPTIONS)('when responses are corrupt: %s', async (form) => {
    await compare([{ service: 'obs', kind: 'corrupt_response', form, rate: 0.5 }]);
  });

  it.each<Omit<Fault, 'service'>>([
    { kind: 'throttle', hint: true },
    { kind: 'throttle', hint: false },
    { kind: 'error', status: 500 },
    { kind: 'error', status: 503, code: 'SlowDown' },
    { kind: 'error', status: 403, code: 'AccessDenied' },
    { kind: 'error', status: 404 },
    { kind: 'error', status: 302 },
    { kind: 'error', status: 200 },
    { kind: 'garbage' },
    { kind: 'drop_answer' },
  ])('when calls end in %j', async (fault) => {
    await compare([{ service: 'obs', rate: 0.5, ...fault }]);
  });

  it('to a bucket whose lists have several pages', async () => {
    const pages = async (isLight: boolean) => {
      const { cloud, invocation } = await night({ phones: 1, servers: 1, seed: 7 });
      const facts = { lastModified: 0, contentType: 'text/plain' };
      for (let n = 0; n < 2_100; n += 1) {
        await cloud.backend.write(cloud.bucket, `phonevault/many/${n}`, Buffer.from('x'), facts);
      }
      const restore = isLight ? installLightS3() : () => undefined;
      try {
        return await invocation().deps.store.list('many/');
      } finally {
        restore();
      }
    };
    expect(await pages(true)).toEqual(await pages(false));
  });
});
