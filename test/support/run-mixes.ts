import { expect, it } from 'vitest';
import { drawMix } from './mixes.ts';
import { faultsOf, playMix } from './play-mix.ts';

/** As many nights, from seed `from` on, or the one that SEED names; a failure names its seed. */
export function runMixes(from: number, count: number): void {
  const only = process.env.SEED;
  const seeds = only === undefined ? Array.from({ length: count }, (_, i) => from + i) : [+only];
  it(`holds over ${seeds.length} nights, from seed ${seeds[0] ?? 0} on`, async () => {
    for (const seed of seeds) {
      const told = `replay with SEED=${seed} npm run test:survive -- lying-mixes`;
      const played = await playMix(drawMix(seed)).catch((error: unknown) => {
        throw new Error(told, { cause: error });
      });
      expect(await faultsOf(played), told).toEqual([]);
    }
  }, 1_800_000);
}
