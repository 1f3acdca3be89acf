import { expect, it } from 'vitest';
import { installLightS3 } from '../../../testing/cloud/light-s3.ts';
import { violationsOf } from './check-mix.ts';
import { drawMix } from './draw-mix.ts';
import { playMix } from './play-mix.ts';

/** Every tenth night uses the SDK's S3 client, the others a light one. */
const SDK_EVERY = 10;

async function violationsOfSeed(seed: number): Promise<string[]> {
  const restore = seed % SDK_EVERY === 0 ? undefined : installLightS3();
  try {
    return await violationsOf(await playMix(drawMix(seed)));
  } finally {
    restore?.();
  }
}

/** How many nights a file plays. */
const NIGHTS = Number(process.env.NIGHTS ?? 120);

/** Plays nights from seed `from` on, or the one that SEED names; a failure names its seed. */
export function runMixes(from: number): void {
  const only = process.env.SEED;
  const seeds = only === undefined ? Array.from({ length: NIGHTS }, (_, i) => from + i) : [+only];
  it(`keeps every invariant over ${seeds.length} nights, from seed ${seeds[0] ?? 0} on`, async () => {
    for (const seed of seeds) {
      const replay = `replay with SEED=${seed} npm run test:survive -- fault-mixes`;
      const found = await violationsOfSeed(seed).catch((error: unknown) => {
        throw new Error(replay, { cause: error });
      });
      expect(found, replay).toEqual([]);
    }
  }, 1_800_000);
}
