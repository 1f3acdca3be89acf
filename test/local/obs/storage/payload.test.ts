import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  allOf,
  bytesOf,
  inFile,
  inMemory,
  type Payload,
  payloadOf,
} from '../../../../local/obs/storage/payload.ts';

const TEXT = 'hello world';
const md5 = createHash('md5').update(TEXT).digest('hex');
const textOf = async (payload: Payload, range?: { start: number; end: number }) =>
  Buffer.from(await allOf(payload.read(range))).toString();

async function payloads() {
  const folder = await mkdtemp(join(tmpdir(), 'payload-'));
  const path = join(folder, 'part');
  await writeFile(path, TEXT);
  return {
    path,
    target: join(folder, 'target'),
    memory: inMemory(new TextEncoder().encode(TEXT)),
    file: inFile(path, TEXT.length, md5),
  };
}

describe.each(['memory', 'file'] as const)('a payload in %s', (where) => {
  it('has its size and hash, and returns its bytes or a part of them', async () => {
    const payload = (await payloads())[where];
    expect([payload.size, payload.md5]).toEqual([11, md5]);
    expect(await textOf(payload)).toBe(TEXT);
    expect(await textOf(payload, { start: 6, end: 8 })).toBe('wor');
    expect(await textOf(payload, { start: 10, end: 10 })).toBe('d');
  });

  it('becomes a file', async () => {
    const { [where]: payload, target } = await payloads();
    await payload.moveTo(target);
    expect(await readFile(target, 'utf8')).toBe(TEXT);
  });
});

describe('a payload in a file', () => {
  it('leaves nothing behind when it is moved or discarded, discarded twice too', async () => {
    const moved = await payloads();
    await moved.file.moveTo(moved.target);
    await expect(access(moved.path)).rejects.toThrow();
    const discarded = await payloads();
    await discarded.file.discard();
    await discarded.file.discard();
    await expect(access(discarded.path)).rejects.toThrow();
  });

  it('stays readable for who began to read it before it was discarded', async () => {
    const { file } = await payloads();
    const begun = file.read();
    await file.discard();
    expect(Buffer.from(await allOf(begun)).toString()).toBe(TEXT);
  });

  it('cannot be read as bytes in memory', async () => {
    const { file, memory } = await payloads();
    expect(() => bytesOf(file)).toThrow('not in memory');
    expect(Buffer.from(bytesOf(memory)).toString()).toBe(TEXT);
  });
});

it('payloadOf takes bytes and payloads', async () => {
  const { file } = await payloads();
  expect(payloadOf(file)).toBe(file);
  expect(payloadOf(new TextEncoder().encode(TEXT)).md5).toBe(md5);
});
