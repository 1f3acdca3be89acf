import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests that play whole nights or talk to a store over HTTP: seconds a mutant, and what they notice the others do, too. */
const SLOW = [
  'ledger/obs-store',
  'run/{await-states,faults,inspect,late,metrics,night,preview,resilience,settle,skipped-slots,two-drives,unhappy}',
  'run/heartbeat/heartbeat',
  'run/provisioned/{deliveries,first-backup,pending,sweep}',
  'run/staleness/staleness',
].map((name) => `test/${name}.test.ts`);

const named = process.env.MUTATION_TESTS?.split(' ');

/** The tests that mutants are to be found by: those of the rooms policy, ledger and run but for the slow ones, or what MUTATION_TESTS names. */
export default defineConfig({
  test: {
    ...base.test,
    setupFiles: [],
    include: named ?? ['test/{policy,ledger,run}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(named === undefined ? SLOW : [])],
  },
});
