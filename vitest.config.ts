import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { watchLeaks } from './testing/leaks/plugin.ts';

const LONGEST = [
  'unreadable/',
  'fault-mixes',
  'killed',
  'two-drives',
  'local-stage',
  'single-faults',
];

/** Starts the files that take longest first, so that no processor waits for the last of them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.includes(name));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

type Test = NonNullable<TestProjectInlineConfiguration['test']>;

const common: Test = {
  // Generous timeouts: CI machines can be slow.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // No module keeps state, so test files may share what they import. This halves the time.
  isolate: false,
  pool: 'threads',
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
};

/** A project whose tests also fail when a secret reaches a log, an error or a response. */
const watched = (test: Test): TestProjectInlineConfiguration => ({
  plugins: [watchLeaks()],
  test: { ...common, setupFiles: ['testing/leaks/setup.ts'], ...test },
});

const named = process.env.MUTATION_TESTS?.split(' ');

/** The tests that run for each mutant: those of the rooms policy, ledger and run, or what MUTATION_TESTS names. */
const mutation: TestProjectInlineConfiguration = {
  test: {
    ...common,
    name: 'mutation',
    include: named ?? ['test/{policy,ledger,run,survive/restore}/**/*.test.ts', 'test/run.test.ts'],
    // Seconds a mutant, and the tests of the store find the same.
    exclude: [...configDefaults.exclude, ...(named ? [] : ['test/ledger/store/obs-store.test.ts'])],
  },
};

const projects = [
  watched({
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/survive/**', 'test/live/**', 'test/browser/**'],
  }),
  // Minutes: runs that are killed, run twice and given wrong answers at every call.
  watched({ name: 'survive', include: ['test/survive/**/*.test.ts'], testTimeout: 600_000 }),
  // Chromium, which must be installed: see .ci/run.
  watched({ name: 'browser', include: ['test/browser/**/*.test.ts'] }),
  // Real servers, which the set-up starts: Ceph's object gateway and OpenStack Keystone.
  watched({
    name: 'live',
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/live/support/set-up.ts'],
  }),
];

const mutating = process.env.STRYKER_MUTATOR_WORKER !== undefined;

export default defineConfig({
  test: {
    projects: mutating ? [mutation] : projects,
    sequence: { sequencer: LongestFirst },
    ...(mutating ? {} : { maxWorkers: '100%' }),
  },
});
