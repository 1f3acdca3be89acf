import { describe, expect, it } from 'vitest';
import type { ObsCall } from '../../../../local/obs/operations/call.ts';
import {
  encoderOf,
  type Position,
  readMax,
  takeItems,
  visibleRecords,
} from '../../../../local/obs/operations/list-items.ts';
import type { ObjectRecord } from '../../../../local/obs/storage/backend.ts';

const recordOf = (key: string, lastModified = 0): ObjectRecord =>
  ({ key, size: 1, etag: 'e', lastModified }) as ObjectRecord;

type Query = { prefix?: string; delimiter?: string; position?: Position; max?: number };

function take(keys: string[], query: Query = {}): string[] {
  const { prefix = '', delimiter = '', position = { kind: 'key', text: '' }, max = 9 } = query;
  const items = takeItems(
    keys.map((key) => recordOf(key)),
    { prefix, delimiter, position },
    max,
  );
  return items.map((item) => (item.kind === 'key' ? item.record.key : `${item.prefix}*`));
}

describe('takeItems', () => {
  const keys = ['a', 'd/1', 'd/2', 'd0', 'e/x/1'];

  it('groups keys at a delimiter behind the prefix', () => {
    expect(take(keys)).toEqual(keys);
    expect(take(keys, { delimiter: '/' })).toEqual(['a', 'd/*', 'd0', 'e/*']);
    expect(take(['e/x/1', 'e/y'], { prefix: 'e/', delimiter: '/' })).toEqual(['e/x/*', 'e/y']);
  });

  it('counts a group as one item', () => {
    expect(take(keys, { delimiter: '/', max: 3 })).toEqual(['a', 'd/*', 'd0']);
    expect(take(keys, { delimiter: '/', max: 2 })).toEqual(['a', 'd/*']);
    expect(take(keys, { max: 0 })).toEqual([]);
  });

  it.each<[Position, string[]]>([
    [{ kind: 'key', text: 'd/1' }, ['d/2', 'd0', 'e/x/1']],
    [{ kind: 'key', text: 'd/11' }, ['d/2', 'd0', 'e/x/1']],
    [{ kind: 'prefix', text: 'd/' }, ['d0', 'e/x/1']],
    [{ kind: 'key', text: 'z' }, []],
  ])('goes on after %j', (position, left) => {
    expect(take(keys, { position })).toEqual(left);
  });
});

describe('readMax', () => {
  it('is at most 1,000, which is also the default', () => {
    expect([readMax(undefined, 'n'), readMax('7', 'n'), readMax('5000', 'n')]).toEqual([
      ...[1_000, 7, 1_000],
    ]);
  });

  it.each(['0', '-1', '', '1.5', 'many', '1'.repeat(10)])('refuses "%s"', (text) => {
    expect(() => readMax(text, 'n')).toThrow();
  });
});

describe('encoderOf', () => {
  it('encodes all but slashes as url, and nothing without a type', () => {
    expect(encoderOf('url')('a b/é+')).toBe('a%20b/%C3%A9%2B');
    expect(encoderOf(undefined)('a b/é+')).toBe('a b/é+');
    expect(() => encoderOf('base64')).toThrow();
  });
});

describe('visibleRecords', () => {
  const visible = async (listDelayMs: number, now: number) => {
    const records = [recordOf('old', 0), recordOf('new', 1_000)];
    const call = {
      ...{ bucket: 'b', settings: { listDelayMs }, backend: { list: async () => records } },
      time: { now: () => now, speed: () => 10 },
    } as unknown as ObsCall;
    return (await visibleRecords(call, '')).map(({ key }) => key);
  };

  it('shows an object after a delay in simulated time', async () => {
    expect(await visible(5_000, 1_499)).toEqual(['old']);
    expect(await visible(5_000, 1_500)).toEqual(['old', 'new']);
    expect(await visible(0, 1_000)).toEqual(['old', 'new']);
  });
});
