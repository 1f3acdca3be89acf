import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allOf, bytesOf, inMemory } from '../../../../local/obs/storage/payload.ts';
import { createSpool, MAX_IN_MEMORY } from '../../../../local/obs/storage/spool.ts';

const MIB = 1024 * 1024;
const sum = (algorithm: string, data: Uint8Array) =>
  createHash(algorithm).update(data).digest('hex');

function fixture() {
  const folder = mkdtempSync(join(tmpdir(), 'spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, spool: createSpool(folder) };
}

/** Returns chunks of 1 MiB, each of another byte. */
async function* chunks(count: number) {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(MIB, i);
}
const whole = (count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.alloc(MIB, i)));
const LARGE = MAX_IN_MEMORY / MIB + 2;

describe('a body that is received', () => {
  it('stays in memory if it is small', async () => {
    const { folder, spool } = fixture();
    const received = await spool.receive(chunks(2), 2 * MIB);
    const body = whole(2);
    expect(received).toMatchObject({ sha256: sum('sha256', body) });
    expect(received?.payload).toMatchObject({ size: 2 * MIB, md5: sum('md5', body) });
    expect(bytesOf(received!.payload).byteLength).toBe(2 * MIB);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('becomes a file if it is large, which can be read in parts, moved and discarded', async () => {
    const { folder, spool } = fixture();
    const body = whole(LARGE);
    const received = await spool.receive(chunks(LARGE), body.length);
    const payload = received!.payload;
    expect(payload).toMatchObject({ size: body.length, md5: sum('md5', body) });
    const range = { start: MIB - 1, end: MIB };
    expect(Buffer.from(await allOf(payload.read(range)))).toEqual(Buffer.from([0, 1]));
    expect(() => bytesOf(payload)).toThrow('not in memory');

    const reading = payload.read() as Readable;
    await payload.moveTo(join(folder, 'object'));
    expect(sum('md5', await allOf(reading))).toBe(payload.md5);
    expect(readdirSync(folder)).toEqual(['object']);
    expect(readFileSync(join(folder, 'object')).length).toBe(body.length);

    const other = await spool.receive(chunks(LARGE), body.length);
    await other!.payload.discard();
    expect(readdirSync(folder)).toEqual(['object']);
  });

  it('leaves nothing behind if it is too large or breaks off', async () => {
    const { folder, spool } = fixture();
    expect(await spool.receive(chunks(LARGE), LARGE * MIB - 1)).toBeUndefined();
    async function* broken() {
      yield* chunks(LARGE);
      throw new Error('cut');
    }
    await expect(spool.receive(broken(), Infinity)).rejects.toThrow('cut');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('payloads that are joined', () => {
  it('stay as they are, and become one in memory if they are small', async () => {
    const { folder, spool } = fixture();
    const parts = ['a', 'b'].map((text) => inMemory(Buffer.from(text)));
    const joined = await spool.join(parts);
    expect(bytesOf(joined).toString()).toBe('ab');
    expect(joined).toMatchObject({ size: 2, md5: sum('md5', Buffer.from('ab')) });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('become a file if they are large', async () => {
    const { folder, spool } = fixture();
    const large = (await spool.receive(chunks(LARGE), LARGE * MIB))!.payload;
    const joined = await spool.join([large, inMemory(Buffer.from('tail'))]);
    expect(joined.size).toBe(LARGE * MIB + 4);
    const body = Buffer.concat([whole(LARGE), Buffer.from('tail')]);
    expect(sum('md5', await allOf(joined.read()))).toBe(sum('md5', body));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('leave no file when one of them cannot be read', async () => {
    const { folder, spool } = fixture();
    const large = (await spool.receive(chunks(LARGE), LARGE * MIB))!.payload;
    await large.discard();
    await expect(spool.join([large])).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});
