import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PhonevaultError } from '../../lib/errors.ts';

/** Cases of each test: few by default, many with `npm run fuzz`, which also draws another seed each time. */
const CASES = Number(process.env['PHONEVAULT_FUZZ_CASES'] ?? 100);
const SEED = Number(process.env['PHONEVAULT_FUZZ_SEED'] ?? 20_260_101);
/** A hang fails by the runner's limit, which grows with the number of cases. */
const TIMEOUT_MS = 120_000 * Math.max(1, CASES / 100);

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const untouched = prototypes.map((one) => Reflect.ownKeys(one).length);

function demandCleanPrototypes(): void {
  expect(prototypes.map((one) => Reflect.ownKeys(one).length)).toEqual(untouched);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

const clipped = (text: string): string =>
  text.length <= 1_500 ? text : `${text.slice(0, 1_000)} … ${text.slice(-500)}`;

/** Runs what may throw an error of ours; any other error is a crash. */
export async function refusable(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    expect(error.message.length).toBeLessThan(5_000);
  }
}

/**
 * A test that gives `run` hostile inputs. It fails when `run` throws or changes a prototype. `share`: the part of the cases to
 * run where one costs much. With many cases it prints the seed.
 */
export function fuzz<T>(
  what: string,
  inputs: fc.Arbitrary<T>,
  run: (input: T) => unknown,
  { share = 1 }: { share?: number } = {},
): void {
  it(
    what,
    async () => {
      const numRuns = Math.max(1, Math.ceil(CASES * share));
      const property = fc.asyncProperty(inputs, async (input) => {
        await run(input);
        demandCleanPrototypes();
      });
      const result = await fc.check(property, { numRuns, seed: SEED });
      if (result.failed) {
        const input = clipped(fc.stringify(result.counterexample));
        const how = `after ${result.numRuns} cases of seed ${SEED}, path ${result.counterexamplePath}`;
        throw new Error(`${how}, with ${input}`, { cause: result.errorInstance });
      }
      if (numRuns >= 1_000) process.stdout.write(`${what}: ${numRuns} cases, seed ${SEED}\n`);
    },
    TIMEOUT_MS,
  );
}
