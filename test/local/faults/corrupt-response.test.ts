import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Twist, twist } from '../../../local/faults/corrupt-response.ts';

const jobs = { request_id: 'r1', count: 2, jobs: [{ phone_id: 'a' }, { phone_id: 'b' }] };
const json = () => new Response(JSON.stringify(jobs), { headers: { etag: '"e"' } });
const listing =
  '<ListBucketResult><Name>b</Name><Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>c</Key><Size>2</Size></Contents></ListBucketResult>';
const xml = () => new Response(listing);

const textOf = async (answer: Response, form: Twist, service: string) =>
  (await twist(answer, form, service)).text();

describe('twist', () => {
  it.each<[Twist, unknown]>([
    ['error_body', { error_code: 'CPS.0003', error_msg: 'Internal error.' }],
    ['strings', { ...jobs, count: '2' }],
    ['nulls', { request_id: null, count: null, jobs: null }],
    ['array', [jobs]],
    ['list_missing', { request_id: 'r1', count: 2 }],
    ['list_empty', { ...jobs, jobs: [] }],
    ['list_doubled', { ...jobs, jobs: [jobs.jobs[0], jobs.jobs[0], jobs.jobs[1], jobs.jobs[1]] }],
    ['list_skips', { ...jobs, jobs: [jobs.jobs[0]] }],
    ['list_foreign', { ...jobs, jobs: jobs.jobs.map(() => ({ phone_id: 'f'.repeat(32) })) }],
  ])('makes of JSON, as %s', async (form, expected) => {
    expect(JSON.parse(await textOf(json(), form, 'cph'))).toEqual(expected);
  });

  it.each<[Twist, RegExp]>([
    ['error_body', /^<\?xml.*<Error><Code>InternalError/],
    ['strings', /<Size>some</],
    ['nulls', /<Name\/>.*<Size\/>/],
    ['array', /^<Results><ListBucketResult>/],
    ['list_empty', /^<ListBucketResult><Name>b<\/Name><\/ListBucketResult>$/],
    ['list_doubled', /(<Key>a.*){2}(<Key>c.*){2}/],
    ['list_skips', /<Key>a<(?!.*<Key>c<)/],
    ['list_foreign', /<Key>elsewhere/],
  ])('makes of a listing, as %s', async (form, expected) => {
    expect(await textOf(xml(), form, 'obs')).toMatch(expected);
  });

  it('cuts a body and keeps the length that was promised, or not', async () => {
    const whole = JSON.stringify(jobs).length;
    const truncated = await twist(json(), 'truncated', 'cph');
    expect(truncated.headers.get('content-length')).toBe(String(whole));
    expect((await truncated.text()).length).toBe(Math.floor(whole / 2));
    const halved = await twist(json(), 'halved', 'cph');
    expect(halved.headers.get('content-length')).toBeNull();
    expect(halved.headers.get('etag')).toBe('"e"');
    expect(await textOf(json(), 'empty', 'cph')).toBe('');
  });

  it('packs, and blows up', async () => {
    const packed = await twist(json(), 'gzip', 'cph');
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(JSON.parse(gunzipSync(await packed.arrayBuffer()).toString())).toEqual(jobs);
    const huge = await twist(json(), 'huge', 'cph');
    expect((await huge.arrayBuffer()).byteLength).toBeGreaterThan(16 * 1024 * 1024);
  });

  it('tells a HEAD of an empty object', async () => {
    const head = new Response(null, { headers: { 'content-length': '9000', etag: '"e"' } });
    const twisted = await twist(head, 'zero_size', 'obs');
    expect(twisted.headers.get('content-length')).toBe('0');
    expect(twisted.headers.get('etag')).toBe('"e"');
    expect(await (await twist(json(), 'zero_size', 'obs')).text()).toBe('');
  });
});
