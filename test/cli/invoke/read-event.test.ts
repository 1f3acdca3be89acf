import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../cli/invoke/read-event.ts';
import { fakeIo } from '../support/fake-io.ts';

const read = (text: string) => readEvent(fakeIo({ readStdin: async () => text }).io, '-');

describe('readEvent', () => {
  it('returns {} without an event file', async () => {
    expect(await readEvent(fakeIo().io, undefined)).toEqual({});
  });

  it('ignores a byte order mark', async () => {
    expect(await read('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it.each([
    ['', '(stdin):1:1: the event is empty'],
    ['{"a": [1, 2,]}', '(stdin):1:13: the event is not JSON'],
    ['{\n  "a": 1,\n  b: 2\n}', '(stdin):3:3: the event is not JSON'],
    ['{"a": 1', '(stdin):1:8: the event ends too early'],
    ['{} {}', '(stdin):1:4: the event is not JSON'],
    ['{"a" 1}', '(stdin):1:6: the event is not JSON'],
    ['[1}', '(stdin):1:3: the event is not JSON'],
    ['{,}', '(stdin):1:2: the event is not JSON'],
    ['01', '(stdin):1:2: the event is not JSON'],
    ["{'a': 1}", '(stdin):1:2: the event is not JSON'],
  ])('says where %j is wrong', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('names a missing file', async () => {
    await expect(readEvent(fakeIo().io, 'event.json')).rejects.toThrow('event.json does not exist');
  });
});
