import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, createRandom, hexId, shuffled } from '../../../local/simulation/random.ts';

const take = (seed: number, name: string) => {
  const random = createRandom(seed, name);
  return Array.from({ length: 5 }, random);
};

describe('createRandom', () => {
  it('repeats for a seed and a name, and differs for another of either', () => {
    expect(take(1, 'a')).toEqual(take(1, 'a'));
    expect(take(1, 'a')).not.toEqual(take(2, 'a'));
    expect(take(1, 'a')).not.toEqual(take(1, 'b'));
  });

  it('is spread evenly', () => {
    const random = createRandom(3, 'spread');
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) {
      const bucket = Math.floor(random() * 10);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });
});

describe('draws', () => {
  it('stay within their bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(100), fc.nat(100), (seed, min, width) => {
        const value = between(createRandom(seed, 'x'), min, min + width);
        expect(value >= min && value <= min + width && Number.isInteger(value)).toBe(true);
        expect(hexId(createRandom(seed, 'y'))).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('keep all entries of a shuffled list', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat()), (seed, list) => {
        const copy = shuffled(createRandom(seed, 'x'), list);
        expect(copy.sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });
});
