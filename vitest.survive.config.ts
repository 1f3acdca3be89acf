import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from './vitest.config.ts';

const LONGEST = ['lying-mixes', 'killed', 'two-drives', 'local-stage', 'lying-alone'];

/** The files that take longest come first, so that no processor waits for the last of them. */
class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.includes(name));
      return found < 0 ? LONGEST.length : found;
    };
    return Promise.resolve(files.toSorted((a, b) => place(a) - place(b)));
  }
}

/** What takes minutes: runs that are killed, doubled and lied to at every call. */
export default defineConfig({
  plugins: base.plugins ?? [],
  test: {
    ...base.test,
    include: ['test/survive/**/*.test.ts'],
    exclude: configDefaults.exclude,
    testTimeout: 600_000,
    sequence: { sequencer: LongestFirst },
  },
});
