import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const USAGE = 'usage: npm run fuzz -- [--cases N] [--seed N] [file of test/fuzz ...]';

/** Runs the tests in test/fuzz with 100,000 cases each, fewer where a case is slow, and with the seed of the day, unless set. */
function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cases: { type: 'string' }, seed: { type: 'string' } },
  });
  const cases = Number(values.cases ?? 100_000);
  const seed = Number(values.seed ?? Math.floor(Date.now() / 86_400_000));
  if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  console.log(`${cases} cases, seed ${seed}`);
  const env = {
    ...process.env,
    PHONEVAULT_FUZZ_CASES: String(cases),
    PHONEVAULT_FUZZ_SEED: String(seed),
  };
  const files =
    positionals.length === 0 ? ['test/fuzz'] : positionals.map((one) => `test/fuzz/${one}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project=unit', '--reporter=default', ...files];
  process.exitCode =
    spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

main();
