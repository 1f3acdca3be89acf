import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hasCode } from '../../../lib/errors.ts';
import { ofRun, parseObject, readCache, readObject } from '../../../lib/ledger/store/json.ts';

const schema = z.object({ version: z.literal(1), name: z.string() });
const read = (body: string): unknown => {
  try {
    return parseObject(schema, 1, 'runs/x/plan.json', body);
  } catch (error) {
    return error;
  }
};

describe('parseObject', () => {
  it('reads what the schema says', () => {
    expect(read('{"version":1,"name":"a"}')).toEqual({ version: 1, name: 'a' });
  });

  it.each([
    ['', 'is not JSON'],
    ['{"version":1', 'is not JSON'],
    ['[]', 'has no version'],
    ['{"name":"a"}', 'has no version'],
    ['{"version":1,"name":7}', 'is wrong at name'],
  ])('refuses %j and says where it lies', (body, message) => {
    const error = read(body);
    expect(hasCode(error, 'object_invalid')).toBe(true);
    expect(String(error)).toContain(`runs/x/plan.json ${message}`);
  });

  it('tells an object of a newer version from a broken one', () => {
    expect(hasCode(read('{"version":2,"name":"a"}'), 'object_newer')).toBe(true);
  });

  it('does not quote what it found', () => {
    expect(String(read('{"version":1,"name":{"secret":"s3cr3t"}}'))).not.toContain('s3cr3t');
  });
});

describe('parseObject, in words', () => {
  it('says what to do, and names the root where nothing else is wrong', () => {
    expect(read('{"version":2}')).toMatchObject({
      message: 'runs/x/plan.json has version 2; this Phonevault reads up to 1',
      hint: 'Deploy the newer version again, or remove the object if it was written by mistake.',
    });
    expect(read('nonsense')).toMatchObject({
      hint: 'Look at the object in the bucket; restore an earlier version of it or remove it.',
      cause: expect.any(SyntaxError) as SyntaxError,
    });
    const whole = z.object({ version: z.number() }).refine(() => false, 'never right');
    expect(() => parseObject(whole, 1, 'k', '{"version":1}')).toThrow(
      'k is wrong at its root: never right',
    );
    const deep = z.object({ version: z.number(), a: z.object({ b: z.string() }) });
    expect(() => parseObject(deep, 1, 'k', '{"version":1,"a":{}}')).toThrow('is wrong at a.b: ');
  });

  it('reads 16 MB of characters, and no more', () => {
    const most = 16 * 1024 * 1024;
    const padded = (length: number) => '{"version":1,"name":"a"}'.padEnd(length, ' ');
    expect(read(padded(most))).toEqual({ version: 1, name: 'a' });
    expect(read(padded(most + 1))).toMatchObject({
      code: 'object_invalid',
      message: `runs/x/plan.json is larger than ${most} characters`,
    });
  });
});

describe('an object of a run', () => {
  it('is taken from the key of its own run only', () => {
    const object = { run_id: 'nightly-1' };
    expect(ofRun('nightly-1', 'k', object)).toBe(object);
    expect(() => ofRun('nightly-2', 'k', object)).toThrow('k is of another run');
  });
});

describe('a cache', () => {
  const storeOf = (body: string | undefined) => ({
    get: async () => (body === undefined ? undefined : { body, etag: 'e', lastModified: 0 }),
  });

  it.each([undefined, 'nonsense', '{"version":9}', '{"version":1}'])(
    'that holds %j is none',
    async (body) => {
      expect(await readCache(storeOf(body), schema, 1, 'k')).toBeUndefined();
    },
  );

  it('is read like any object', async () => {
    const body = '{"version":1,"name":"a"}';
    expect(await readCache(storeOf(body), schema, 1, 'k')).toEqual({ version: 1, name: 'a' });
    expect(await readObject(storeOf(body), schema, 1, 'k')).toEqual({ version: 1, name: 'a' });
    expect(await readObject(storeOf(undefined), schema, 1, 'k')).toBeUndefined();
    await expect(readObject(storeOf('x'), schema, 1, 'k')).rejects.toMatchObject({
      code: 'object_invalid',
    });
  });

  it('that cannot be had at all is an error', async () => {
    const down = { get: async () => Promise.reject(new Error('down')) };
    await expect(readCache(down, schema, 1, 'k')).rejects.toThrow('down');
  });
});
