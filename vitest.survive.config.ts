import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What takes minutes: runs that are killed, doubled and lied to at every call. */
export default defineConfig({
  plugins: base.plugins ?? [],
  test: {
    ...base.test,
    include: ['test/survive/**/*.test.ts'],
    exclude: configDefaults.exclude,
    testTimeout: 300_000,
  },
});
