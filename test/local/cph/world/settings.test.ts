import { describe, expect, it } from 'vitest';
import { drawLimits } from '../../../../local/cph/world/settings.ts';
import { createRandom } from '../../../../local/simulation/random.ts';

const draw = (seed: number, overrides = {}) => drawLimits(createRandom(seed, 'limits'), overrides);

describe('drawLimits', () => {
  it('draws limits from the seed around the usual values', () => {
    expect(draw(1)).toEqual(draw(1));
    const all = Array.from({ length: 50 }, (_, seed) => draw(seed));
    expect(new Set(all.map((limits) => limits.storageInfosPerCall)).size).toBeGreaterThan(5);
    expect(all.every((limits) => limits.writesPerMinute >= 6)).toBe(true);
  });

  it('keeps the other limits if one is set', () => {
    expect(draw(1, { writesPerMinute: 10 })).toEqual({ ...draw(1), writesPerMinute: 10 });
  });
});
