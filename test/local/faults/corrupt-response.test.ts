import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Corruption, corruptResponse } from '../../../local/faults/corrupt-response.ts';

const jobs = { request_id: 'r1', count: 2, jobs: [{ phone_id: 'a' }, { phone_id: 'b' }] };
const jsonResponse = () => new Response(JSON.stringify(jobs), { headers: { etag: '"e"' } });
const listing =
  '<ListBucketResult><Name>b</Name><Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>c</Key><Size>2</Size></Contents></ListBucketResult>';
const xmlResponse = () => new Response(listing);

const textOf = async (response: Response, form: Corruption, service: string) =>
  (await corruptResponse(response, form, service)).text();

describe('corruptResponse', () => {
  it.each<[Corruption, unknown]>([
    ['error_body', { error_code: 'CPS.0003', error_msg: 'Internal error.' }],
    ['strings', { ...jobs, count: '2' }],
    ['nulls', { request_id: null, count: null, jobs: null }],
    ['array', [jobs]],
    ['list_missing', { request_id: 'r1', count: 2 }],
    ['list_empty', { ...jobs, jobs: [] }],
    [
      'list_duplicated',
      { ...jobs, jobs: [jobs.jobs[0], jobs.jobs[0], jobs.jobs[1], jobs.jobs[1]] },
    ],
    ['list_incomplete', { ...jobs, jobs: [jobs.jobs[0]] }],
    ['list_unknown_ids', { ...jobs, jobs: jobs.jobs.map(() => ({ phone_id: 'f'.repeat(32) })) }],
  ])('corrupts JSON: %s', async (form, expected) => {
    expect(JSON.parse(await textOf(jsonResponse(), form, 'cph'))).toEqual(expected);
  });

  it.each<[Corruption, RegExp]>([
    ['error_body', /^<\?xml.*<Error><Code>InternalError/],
    ['strings', /<Size>some</],
    ['nulls', /<Name\/>.*<Size\/>/],
    ['array', /^<Results><ListBucketResult>/],
    ['list_empty', /^<ListBucketResult><Name>b<\/Name><\/ListBucketResult>$/],
    ['list_duplicated', /(<Key>a.*){2}(<Key>c.*){2}/],
    ['list_incomplete', /<Key>a<(?!.*<Key>c<)/],
    ['list_unknown_ids', /<Key>elsewhere/],
  ])('corrupts an XML listing: %s', async (form, expected) => {
    expect(await textOf(xmlResponse(), form, 'obs')).toMatch(expected);
  });

  it('truncates a body with the full or the real length', async () => {
    const whole = JSON.stringify(jobs).length;
    const truncated = await corruptResponse(jsonResponse(), 'truncated', 'cph');
    expect(truncated.headers.get('content-length')).toBe(String(whole));
    expect((await truncated.text()).length).toBe(Math.floor(whole / 2));
    const halved = await corruptResponse(jsonResponse(), 'halved', 'cph');
    expect(halved.headers.get('content-length')).toBeNull();
    expect(halved.headers.get('etag')).toBe('"e"');
    expect(await textOf(jsonResponse(), 'empty', 'cph')).toBe('');
  });

  it('compresses or enlarges a body', async () => {
    const compressed = await corruptResponse(jsonResponse(), 'gzip', 'cph');
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(JSON.parse(gunzipSync(await compressed.arrayBuffer()).toString())).toEqual(jobs);
    const huge = await corruptResponse(jsonResponse(), 'huge', 'cph');
    expect((await huge.arrayBuffer()).byteLength).toBeGreaterThan(16 * 1024 * 1024);
  });

  it('reports a size of zero for a HEAD and a GET', async () => {
    const head = new Response(null, { headers: { 'content-length': '9000', etag: '"e"' } });
    const corrupted = await corruptResponse(head, 'zero_size', 'obs');
    expect(corrupted.headers.get('content-length')).toBe('0');
    expect(corrupted.headers.get('etag')).toBe('"e"');
    expect(await (await corruptResponse(jsonResponse(), 'zero_size', 'obs')).text()).toBe('');
  });
});
