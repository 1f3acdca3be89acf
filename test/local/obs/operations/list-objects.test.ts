import { ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../../local/obs/storage/byte-order.ts';
import { createTime, machineClock } from '../../../../local/simulation/time.ts';
import { BUCKET, clientOf, inProcess, NOW, setUp } from '../../support/obs.ts';

async function withKeys(keys: string[], options: Parameters<typeof setUp>[0] = {}) {
  const world = await setUp(options);
  for (const key of keys) {
    await world.backend.write(BUCKET, key, Buffer.from(key), { lastModified: NOW });
  }
  const list = async (query: Record<string, string> = {}) => {
    const pairs = Object.entries({ 'list-type': '2', ...query });
    return (await world.send({ path: '/', query: pairs })).text();
  };
  return { ...world, list };
}

const all = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1]);

/** Returns everything that a client sees on all pages. */
async function pages(
  list: (query: Record<string, string>) => Promise<string>,
  query: Record<string, string>,
) {
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const xml = await list(token === undefined ? query : { ...query, 'continuation-token': token });
    const found = [...xml.matchAll(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)</g)].map((m) => m[1] ?? ''); // oxfmt-ignore
    expect(xml).toContain(`<KeyCount>${found.length}</KeyCount>`);
    seen.push(...found.sort(compareBytes));
    [token] = all(xml, 'NextContinuationToken');
    expect(xml).toContain(`<IsTruncated>${token !== undefined}</IsTruncated>`);
  } while (token !== undefined);
  return seen;
}

describe('ListObjectsV2', () => {
  it('describes each object, with the native name of its storage class', async () => {
    const { list } = await withKeys(['a']);

    expect(await list()).toContain(
      '<Contents><Key>a</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>' +
        '<ETag>&#34;0cc175b9c0f1b6a831c399e269772661&#34;</ETag><Size>1</Size>' +
        '<StorageClass>STANDARD</StorageClass></Contents>',
    );
  });

  it('groups keys at a delimiter', async () => {
    const { list } = await withKeys(['a', 'd/1', 'd/2', 'd0', 'e/x/1']);

    const xml = await list({ delimiter: '/' });

    expect(all(xml, 'Key')).toEqual(['a', 'd0']);
    expect(xml).toContain('<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>');
    expect(xml).toContain('<CommonPrefixes><Prefix>e/</Prefix></CommonPrefixes>');
    expect(xml).toContain('<KeyCount>4</KeyCount>');
  });

  it('returns at most 1,000 keys a page', async () => {
    const { list } = await withKeys(Array.from({ length: 1_001 }, (_, i) => `k${i}`));

    const xml = await list({ 'max-keys': '5000' });

    expect(xml).toContain('<MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>');
    expect(all(xml, 'Key')).toHaveLength(1_000);
  });

  it('encodes keys and names the owner, if requested', async () => {
    const { list } = await withKeys(['a b/é+\u0001']);

    const xml = await list({ 'encoding-type': 'url', 'fetch-owner': 'true' });

    expect(all(xml, 'Key')).toEqual(['a%20b/%C3%A9%2B%01']);
    expect(xml).toContain('<EncodingType>url</EncodingType>');
    expect(xml).toContain('<Owner><ID>project1</ID></Owner>');
  });

  it.each([
    { 'max-keys': '0' },
    { 'encoding-type': 'base64' },
    { 'continuation-token': '' },
    { 'continuation-token': 'not a token' },
    { 'continuation-token': 'eA' },
  ])('refuses %j', async (query) => {
    const { list } = await withKeys([]);

    expect(await list(query)).toContain('<Code>InvalidArgument</Code>');
  });

  it('returns every key and prefix once, whatever the page size', async () => {
    const key = fc.stringMatching(/^[ab/\u{1F600}\uFF5E]{1,5}$/u);
    const query = fc.record({
      prefix: fc.constantFrom('', 'a', 'a/', 'b//'),
      delimiter: fc.constantFrom('', '/', 'ab'),
      'start-after': fc.constantFrom('', 'a', 'a/b', 'b/'),
      'max-keys': fc.constantFrom('1', '2', '3', '1000'),
    });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), query, async (keys, parameters) => {
        const { list } = await withKeys(keys);
        const { prefix, delimiter } = parameters;
        const wanted = keys
          .filter(
            (one) => one.startsWith(prefix) && compareBytes(one, parameters['start-after']) > 0,
          )
          .map((one) => {
            const end = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
            return end === -1 ? one : one.slice(0, end + delimiter.length);
          });

        const seen = await pages(list, parameters);

        expect(seen).toEqual([...new Set(wanted)].sort(compareBytes));
      }),
    );
  });

  it('shows a new object after a delay in simulated time, by option', async () => {
    const { list, clock, settings, send, time } = await withKeys([], { listDelayMs: 10_000 });
    time.setSpeed(10);
    await send({ method: 'PUT', path: '/k', body: 'x' });

    const counts = [];
    for (const later of [0, 999, 1_000]) {
      clock.now = NOW + later;
      counts.push(all(await list(), 'KeyCount')[0]);
    }
    clock.now = NOW;
    settings.listDelayMs = 0;
    counts.push(all(await list(), 'KeyCount')[0]);

    expect(counts).toEqual(['0', '0', '1', '1']);
    expect((await send({ path: '/k' })).status).toBe(200);
  });

  it('lets the SDK page through', async () => {
    const keys = ['a&b', 'a<c', 'd e', 'd/f', '日本'];
    const { service } = await withKeys(keys, { time: createTime(machineClock) });
    const client = clientOf({ requestHandler: inProcess(service) });

    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: BUCKET, MaxKeys: 2, ContinuationToken }),
      );
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);

    expect(seen).toEqual([...keys].sort(compareBytes));
  });
});

describe('ListObjects', () => {
  const keys = ['a/1', 'a/2', 'b', 'c/1', 'd é'];

  async function listed(query: Record<string, string> = {}) {
    const world = await withKeys(keys);
    const marked = async (marker: string) =>
      (await world.send({ path: '/', query: Object.entries({ ...query, marker }) })).text();
    const seen: string[] = [];
    let marker = '';
    for (;;) {
      const xml = await marked(marker);
      seen.push(...[...xml.matchAll(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)</g)].map((m) => m[1] ?? '')); // oxfmt-ignore
      const [next] = all(xml, 'NextMarker');
      expect(xml).toContain(`<IsTruncated>${next !== undefined}</IsTruncated>`);
      if (next === undefined) return seen;
      marker = next;
    }
  }

  it.each([1, 2, 1_000])('shows each key once on pages of %d', async (size) => {
    expect(await listed({ 'max-keys': String(size) })).toEqual(keys);
  });

  it.each([1, 2, 1_000])('shows each common prefix once on pages of %d', async (size) => {
    const seen = await listed({ 'max-keys': String(size), delimiter: '/' });
    expect(seen.sort(compareBytes)).toEqual(['a/', 'b', 'c/', 'd é']);
  });

  it('always names the owner', async () => {
    const { send } = await withKeys(['a']);
    expect(await (await send({ path: '/' })).text()).toContain('<Owner><ID>project1</ID></Owner>');
  });

  it('is understood by the SDK', async () => {
    const { service } = await withKeys(keys, { time: createTime(machineClock) });
    const client = clientOf({ requestHandler: inProcess(service) });
    const { Contents, CommonPrefixes, Marker } = await client.send(
      new ListObjectsCommand({ Bucket: BUCKET, Delimiter: '/', Marker: 'a/', EncodingType: 'url' }),
    );
    expect(Contents?.map(({ Key }) => Key)).toEqual(['b', 'd%20%C3%A9']);
    expect(CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
    expect(Marker).toBe('a/');
  });
});
