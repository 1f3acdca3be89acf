import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

const tests = process.env.MUTATION_TESTS ?? 'test/{policy,ledger,run}/**/*.test.ts';

/** The tests that mutants are to be found by: those of the rooms policy, ledger and run, or what MUTATION_TESTS names. */
export default defineConfig({
  test: {
    ...base.test,
    setupFiles: [],
    include: tests.split(' '),
    exclude: configDefaults.exclude,
  },
});
