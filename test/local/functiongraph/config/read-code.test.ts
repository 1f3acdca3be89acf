import { expect, it } from 'vitest';
import { readCode } from '../../../../local/functiongraph/config/read-code.ts';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';
import { zipOf } from '../../support/functiongraph.ts';

const MOST = 50 * 1024 * 1024;

it('takes a zip of 50 MB and refuses a larger one', async () => {
  const head = Buffer.from(zipOf({ 'index.js': '' }), 'base64');
  const read = (size: number) => {
    const file = Buffer.concat([head, Buffer.alloc(size - head.length)]).toString('base64');
    return readCode({ code_type: 'zip', func_code: { file } }, memoryBackend());
  };
  expect((await read(MOST)).bytes).toHaveLength(MOST);
  await expect(read(MOST + 1)).rejects.toMatchObject({ status: 413, code: 'FSS.1071' });
});

it('takes inline code of 10 KB', async () => {
  const read = (size: number) => {
    const file = Buffer.alloc(size, 'x').toString('base64');
    return readCode({ code_type: 'inline', func_code: { file } }, memoryBackend());
  };
  expect((await read(10_240)).filename).toBe('index.js');
  await expect(read(10_241)).rejects.toMatchObject({ code: 'FSS.1072' });
});
