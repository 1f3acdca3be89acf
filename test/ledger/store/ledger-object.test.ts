import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hasCode, PhonevaultError } from '../../../lib/errors.ts';
import { ledgerObject, wholeKey } from '../../../lib/ledger/store/ledger-object.ts';
import { ifReadable, invalidObject, isUnreadable } from '../../../lib/ledger/store/object-error.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

const RUN = 'nightly-1';
const plain = ledgerObject({ key: wholeKey, version: 2, schema: z.object({ name: z.string() }) });
const ofRun = ledgerObject({
  key: (runId: string, page: number) => `runs/${runId}/${page}.json`,
  version: 1,
  schema: z.object({ run_id: z.string(), parts: z.array(z.string()) }),
  runsOf: ({ run_id, parts }) => [run_id, ...parts],
});
const typed = ledgerObject({
  key: wholeKey,
  type: 'sweep',
  version: 1,
  schema: z.object({ slot: z.number() }),
});

const setUp = () => memoryStore(playClock());
const parse = (body: string): unknown => {
  try {
    return plain.parse('runs/x/plan.json', body);
  } catch (error) {
    return error;
  }
};

describe('parse', () => {
  it('returns the content without its version', () => {
    expect(parse('{"version":2,"name":"a"}')).toEqual({ name: 'a' });
  });

  it.each([
    ['', 'is not JSON'],
    ['{"version":2', 'is not JSON'],
    ['[]', 'has no version'],
    ['null', 'has no version'],
    ['{"name":"a"}', 'has no version'],
    ['{"version":1.5,"name":"a"}', 'has no version'],
    ['{"version":1,"name":"a"}', 'has version 1, which is unknown'],
    ['{"version":2,"name":7}', 'is invalid at name: '],
  ])('throws object_invalid for %j and names the key', (body, message) => {
    const error = parse(body);
    expect(hasCode(error, 'object_invalid')).toBe(true);
    expect(String(error)).toContain(`runs/x/plan.json ${message}`);
  });

  it('throws object_newer for an object of a newer version, whatever it holds', () => {
    expect(parse('{"version":3}')).toMatchObject({
      code: 'object_newer',
      message: 'runs/x/plan.json has version 3; this Phonevault reads up to 2',
      hint: 'Deploy the newer version of Phonevault again. If the object was written by mistake, delete it.',
    });
  });

  it('never quotes the content', () => {
    expect(String(parse('{"version":2,"name":{"secret":"s3cr3t"}}'))).not.toContain('s3cr3t');
  });

  it('keeps the cause of text that is not JSON and says what to do', () => {
    expect(parse('nonsense')).toMatchObject({
      hint: 'Check the object in the bucket. Restore an earlier version of it, or delete it.',
      cause: expect.any(SyntaxError) as SyntaxError,
    });
  });

  it('names the place of what is invalid, down to the field or at the root', () => {
    const never = z.object({ a: z.object({ b: z.string() }) }).refine(() => false, 'never right');
    const { parse: parseNever } = ledgerObject({ key: wholeKey, version: 1, schema: never });
    expect(() => parseNever('k', '{"version":1,"a":{"b":"c"}}')).toThrow(
      'k is invalid at its root: never right',
    );
    expect(() => parseNever('k', '{"version":1,"a":{}}')).toThrow('k is invalid at a.b: ');
  });

  it('accepts up to 16 Mi characters', () => {
    const most = 16 * 1024 * 1024;
    const padded = (length: number) => '{"version":2,"name":"a"}'.padEnd(length, ' ');
    expect(parse(padded(most))).toEqual({ name: 'a' });
    expect(parse(padded(most + 1))).toMatchObject({
      code: 'object_invalid',
      message: `runs/x/plan.json is larger than ${most} characters`,
    });
  });

  it('checks the type of a kind that has one, and of no other', () => {
    expect(typed.parse('k', '{"version":1,"type":"sweep","slot":7}')).toEqual({ slot: 7 });
    expect(() => typed.parse('k', '{"version":1,"type":"lookup","slot":7}')).toThrow(
      'k is not of type sweep',
    );
    expect(plain.parse('k', '{"version":2,"type":"any","name":"a"}')).toEqual({ name: 'a' });
  });
});

describe('put and create', () => {
  it('write version and type before the content, under the key of the ids', async () => {
    const store = setUp();
    await typed.put(store, { slot: 7 }, 'k');
    await ofRun.put(store, { run_id: RUN, parts: [] }, RUN, 3);
    expect((await store.get('k'))?.body).toBe('{"version":1,"type":"sweep","slot":7}');
    expect((await store.get('runs/nightly-1/3.json'))?.body).toBe(
      '{"version":1,"run_id":"nightly-1","parts":[]}',
    );
    expect(typed.text({ slot: 7 })).toBe('{"version":1,"type":"sweep","slot":7}');
  });

  it('differ where an object exists: put replaces it, create leaves it', async () => {
    const store = setUp();
    expect(await plain.create(store, { name: 'a' }, 'k')).toBe('created');
    expect(await plain.create(store, { name: 'b' }, 'k')).toBe('exists');
    expect(await plain.read(store, 'k')).toEqual({ name: 'a' });
    await plain.put(store, { name: 'c' }, 'k');
    expect(await plain.read(store, 'k')).toEqual({ name: 'c' });
  });
});

describe('read', () => {
  it('returns undefined for an absent object', async () => {
    expect(await plain.read(setUp(), 'k')).toBeUndefined();
  });

  it('throws for an object that it cannot parse', async () => {
    const store = setUp();
    await store.put('k', 'x');
    await expect(plain.read(store, 'k')).rejects.toMatchObject({ code: 'object_invalid' });
    await store.put('k', '{"version":3}');
    await expect(plain.read(store, 'k')).rejects.toMatchObject({ code: 'object_newer' });
  });

  it.each([
    { run_id: 'nightly-2', parts: [] },
    { run_id: '..', parts: [] },
    { run_id: '', parts: [] },
    { run_id: RUN, parts: [RUN, 'nightly-2'] },
  ])('throws for %j under the key of another run', async (content) => {
    const store = setUp();
    await ofRun.put(store, content, RUN, 1);
    await expect(ofRun.read(store, RUN, 1)).rejects.toMatchObject({
      code: 'object_invalid',
      message: 'runs/nightly-1/1.json belongs to another run',
    });
  });

  it('returns an object whose runs are all that of its key', async () => {
    const store = setUp();
    const content = { run_id: RUN, parts: [RUN] };
    await ofRun.put(store, content, RUN, 1);
    expect(await ofRun.read(store, RUN, 1)).toEqual(content);
  });
});

describe('readCache', () => {
  it.each([undefined, 'nonsense', '{"version":9}', '{"version":2}'])(
    'counts %j as absent',
    async (body) => {
      const store = setUp();
      if (body !== undefined) await store.put('k', body);
      expect(await plain.readCache(store, 'k')).toBeUndefined();
    },
  );

  it.each(['throttled', 'service', 'unreachable', 'access_denied'] as const)(
    'counts an object as absent whose GET fails with %s',
    async (code) => {
      const store = { get: () => Promise.reject(new PhonevaultError(code, 'no')) };
      expect(await plain.readCache(store, 'k')).toBeUndefined();
    },
  );

  it('returns a readable object', async () => {
    const store = setUp();
    await plain.put(store, { name: 'a' }, 'k');
    expect(await plain.readCache(store, 'k')).toEqual({ name: 'a' });
  });

  it('throws when the bucket does not respond', async () => {
    const down = { get: async () => Promise.reject(new Error('down')) };
    await expect(plain.readCache(down, 'k')).rejects.toThrow('down');
  });
});

describe('ifReadable', () => {
  it('returns undefined for an unreadable object only', async () => {
    expect(await ifReadable(Promise.resolve(7))).toBe(7);
    const error = invalidObject('k', 'is missing');
    expect(isUnreadable(error)).toBe(true);
    expect(await ifReadable(Promise.reject(error))).toBeUndefined();
    const other = new Error('down');
    expect(isUnreadable(other)).toBe(false);
    await expect(ifReadable(Promise.reject(other))).rejects.toBe(other);
  });
});
