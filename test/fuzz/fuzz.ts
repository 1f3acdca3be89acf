import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PhonevaultError } from '../../lib/errors.ts';

/** Cases of each test: few by default, many with `npm run fuzz`, which also draws another seed each time. */
const CASES = Number(process.env['PHONEVAULT_FUZZ_CASES'] ?? 100);
const SEED = Number(process.env['PHONEVAULT_FUZZ_SEED'] ?? 20_260_101);
const SLOW_MS = 50;
const AGAIN = 3;
const TIMEOUT_MS = 6 * 3_600_000;

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const untouched = prototypes.map((one) => Reflect.ownKeys(one).length);

function demandCleanPrototypes(): void {
  expect(prototypes.map((one) => Reflect.ownKeys(one).length)).toEqual(untouched);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

/** Milliseconds that this thread was on a processor, where the system tells; else the time that passed. */
function busyMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** What took REFERENCE_MS on a machine with nothing else to do; on one that is slower or shared, longer. */
function reference(): void {
  const numbers = Array.from({ length: 80_000 }, (_, index) => (index * 7_919) % 80_021);
  JSON.parse(JSON.stringify(numbers.sort((a, b) => a - b)));
}
const REFERENCE_MS = 25;

/** How many times slower than that one this machine is now; never less than one. */
async function slowness(): Promise<number> {
  const attempts = [];
  for (let n = 0; n < 5; n += 1) attempts.push(await timed(busyMs, reference));
  return Math.max(1, Math.min(...attempts) / REFERENCE_MS);
}

async function timed(now: () => number, work: () => unknown): Promise<number> {
  const started = now();
  await work();
  return now() - started;
}

const clipped = (text: string): string =>
  text.length <= 1_500 ? text : `${text.slice(0, 1_000)} … ${text.slice(-500)}`;

/** Does what may fail for a reason of ours that it tells; any other error is a crash. */
export async function refusable(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    expect(error.message.length).toBeLessThan(5_000);
  }
}

/**
 * A test that gives `run` hostile inputs. It fails when `run` throws, when a prototype was changed, and when the same input
 * takes more than `slowMs` each of four times, on a machine that does the reference in its time: once may be the
 * collector's fault, and each time the machine's. `share` of the cases are run where one is dear. Of many cases, seed and
 * worst time are printed.
 */
export function fuzz<T>(
  what: string,
  inputs: fc.Arbitrary<T>,
  run: (input: T) => unknown,
  { share = 1, slowMs = SLOW_MS }: { share?: number; slowMs?: number } = {},
): void {
  it(
    what,
    async () => {
      let worst = 0;
      let isSlow = false;
      const numRuns = Math.max(1, Math.ceil(CASES * share));
      const property = fc.asyncProperty(inputs, async (input) => {
        // What is slow is not made smaller: each step of that would be slow, too.
        if (isSlow) return;
        let took = await timed(
          () => performance.now(),
          () => run(input),
        );
        for (let again = 0; took > slowMs && again < AGAIN; again += 1) {
          took = Math.min(took, await timed(busyMs, () => run(input)));
        }
        if (took > slowMs) took /= await slowness();
        worst = Math.max(worst, took);
        demandCleanPrototypes();
        isSlow = took > slowMs;
        if (isSlow) throw new Error(`takes ${Math.round(took)} ms each time`);
      });
      const result = await fc.check(property, { numRuns, seed: SEED });
      if (result.failed) {
        const input = clipped(fc.stringify(result.counterexample));
        const how = `after ${result.numRuns} cases of seed ${SEED}, path ${result.counterexamplePath}`;
        throw new Error(`${how}, with ${input}`, { cause: result.errorInstance });
      }
      if (numRuns >= 1_000) {
        const told = `${what}: ${numRuns} cases, seed ${SEED}, worst ${worst.toFixed(1)} ms`;
        process.stdout.write(`${told}\n`);
      }
    },
    TIMEOUT_MS,
  );
}
