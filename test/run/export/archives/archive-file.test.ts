import { describe, expect, it } from 'vitest';
import { endsAsTar, isPlausible } from '../../../../lib/run/export/archives/archive-file.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { T0 } from '../../../support/runs.ts';

const KEY = 'nightly/p-1.tar';
const object = (size: number) => ({ key: KEY, size, etag: 'e', lastModified: T0 });

/** A bucket whose objects end like this. */
function bucket({ tail = new Uint8Array(1_024) }: { tail?: Uint8Array | 'gone' } = {}) {
  const lookups: string[] = [];
  const archives = {
    tail: async (name: string, key: string, bytes: number) => {
      lookups.push(`tail ${name} ${key} ${bytes}`);
      return tail === 'gone' ? undefined : tail;
    },
  } as unknown as RunDeps['archives'];
  return { archives, lookups };
}

describe('isPlausible', () => {
  it.each([
    [0, false],
    [1_024, false],
    [1_025, true],
  ])('of %i bytes is %s', (size, expected) => {
    expect(isPlausible(size)).toBe(expected);
  });
});

describe('endsAsTar', () => {
  const zeros = new Uint8Array(1_024);
  const but = (at: number) => zeros.with(at, 1);

  it.each<[string, number, Uint8Array | 'gone', boolean]>([
    ['ends in two blocks of zeros', 1_536, zeros, true],
    ['has a byte before them', 1_536, but(0), false],
    ['has a byte after them', 1_536, but(1_023), false],
    ['is gone', 1_536, 'gone', false],
    ['returns fewer bytes', 1_536, new Uint8Array(512), false],
    ['returns no bytes', 1_536, new Uint8Array(0), false],
  ])('reads the end of an archive that %s', async (_, size, end, expected) => {
    const { archives, lookups } = bucket({ tail: end });
    expect(await endsAsTar({ archives }, 'other', object(size))).toBe(expected);
    expect(lookups).toEqual([`tail other ${KEY} 1024`]);
  });

  it.each([0, 1_024, 1_025, 1_537])(
    'knows without a look that %i bytes are no tar file',
    async (size) => {
      const { archives, lookups } = bucket();
      expect(await endsAsTar({ archives }, 'other', object(size))).toBe(false);
      expect(lookups).toEqual([]);
    },
  );
});
