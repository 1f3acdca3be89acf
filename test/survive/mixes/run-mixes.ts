import { expect, it } from 'vitest';
import { violationsOf } from './check-mix.ts';
import { drawMix } from './draw-mix.ts';
import { playMix } from './play-mix.ts';

/** Plays so many nights, from seed `from` on, or the one that SEED names; a failure names its seed. */
export function runMixes(from: number, count: number): void {
  const only = process.env.SEED;
  const seeds = only === undefined ? Array.from({ length: count }, (_, i) => from + i) : [+only];
  it(`keeps every invariant over ${seeds.length} nights, from seed ${seeds[0] ?? 0} on`, async () => {
    for (const seed of seeds) {
      const replay = `replay with SEED=${seed} npm run test:survive -- fault-mixes`;
      const played = await playMix(drawMix(seed)).catch((error: unknown) => {
        throw new Error(replay, { cause: error });
      });
      expect(await violationsOf(played), replay).toEqual([]);
    }
  }, 1_800_000);
}
