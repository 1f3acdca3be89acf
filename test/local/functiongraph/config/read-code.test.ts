import { describe, expect, it } from 'vitest';
import { readCode } from '../../../../local/functiongraph/config/read-code.ts';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';
import { zipOf } from '../../support/functiongraph.ts';

const MAX_ZIP = 50 * 1024 * 1024;
const BUCKET = 'code-bucket';
const ZIP = zipOf({ 'index.js': 'exports.handler = () => 1;' });

async function backend() {
  const store = memoryBackend();
  await store.createBucket(BUCKET);
  await store.write(BUCKET, 'code/a.zip', Buffer.from(ZIP, 'base64'), { lastModified: 0 });
  return store;
}
const read = async (body: object) => readCode(body, await backend());
const url = (key: string, bucket = BUCKET) =>
  `https://${bucket}.obs.cn-north-4.myhuaweicloud.com/${key}`;

describe('readCode', () => {
  it('accepts a zip of 50 MB and refuses a larger one', async () => {
    const head = Buffer.from(ZIP, 'base64');
    const ofSize = (size: number) => {
      const file = Buffer.concat([head, Buffer.alloc(size - head.length)]).toString('base64');
      return read({ code_type: 'zip', func_code: { file } });
    };
    expect((await ofSize(MAX_ZIP)).bytes).toHaveLength(MAX_ZIP);
    await expect(ofSize(MAX_ZIP + 1)).rejects.toMatchObject({ status: 413, code: 'FSS.1071' });
  });

  it('accepts inline code of 10 KB', async () => {
    const ofSize = (size: number) => {
      const file = Buffer.alloc(size, 'x').toString('base64');
      return read({ code_type: 'inline', func_code: { file } });
    };
    expect((await ofSize(10_240)).filename).toBe('index.js');
    await expect(ofSize(10_241)).rejects.toMatchObject({ code: 'FSS.1072' });
  });

  it('reads code from OBS', async () => {
    const code = await read({ code_type: 'obs', code_url: url('code/a.zip') });
    expect(code).toMatchObject({ type: 'obs', url: url('code/a.zip'), filename: 'code.zip' });
    expect(code.digest).toMatch(/^[0-9a-f]{128}$/);
  });

  it.each([
    ['an unknown type', { code_type: 'tar' }, 'FSS.1006'],
    ['no code', { code_type: 'zip', func_code: { file: '' } }, 'FSS.1012'],
    ['code that is not Base64', { code_type: 'zip', func_code: { file: '***' } }, 'FSS.1011'],
    ['code that is not a zip', { code_type: 'zip', func_code: { file: 'AAAA' } }, 'FSS.1011'],
    ['a malformed URL', { code_type: 'obs', code_url: 'code/a.zip' }, 'FSS.1010'],
    ['an unknown object', { code_type: 'obs', code_url: url('none.zip') }, 'FSS.1054'],
    ['a malformed key', { code_type: 'obs', code_url: url('%') }, 'FSS.1054'],
    ['an unknown bucket', { code_type: 'obs', code_url: url('a', 'none') }, 'FSS.1054'],
    ...['../../evil.js', '/etc/evil.js', 'a/b.js', '..', ''].map((code_filename) => [
      `the file name "${code_filename}"`,
      { code_type: 'inline', code_filename, func_code: { file: 'YQ==' } },
      'FSS.1011',
    ]),
  ] as [string, object, string][])('refuses %s', async (_, body, code) => {
    await expect(read(body)).rejects.toMatchObject({ code });
  });
});
