import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../cli/ui/remember.ts';

function memory() {
  let now = 0;
  let reads = 0;
  const remember = createMemory(() => now);
  const read = (key = 'a') => remember(key, 10, async () => (reads += 1));
  return { remember, read, move: (ms: number) => (now += ms), reads: () => reads };
}

describe('createMemory', () => {
  it('reads once for some time, also for readers at the same time', async () => {
    const { read, move } = memory();
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    move(9);
    expect(await read()).toBe(1);
    move(1);
    expect(await read()).toBe(2);
    expect(await read('b')).toBe(3);
  });

  it('reads again after a failure', async () => {
    const { remember } = memory();
    await expect(remember('a', 10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await remember('a', 10, async () => 'yes')).toBe('yes');
  });

  it('forgets the oldest of very many', async () => {
    const { read, reads } = memory();
    for (let n = 0; n < 300; n += 1) await read(`key ${n}`);
    await read('key 299');
    expect(reads()).toBe(300);
    await read('key 0');
    expect(reads()).toBe(301);
  });
});
