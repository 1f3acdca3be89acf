import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Against real servers, which the set-up starts: Ceph's object gateway and OpenStack Keystone. */
export default defineConfig({
  plugins: base.plugins ?? [],
  test: {
    ...base.test,
    include: ['test/live/**/*.test.ts'],
    exclude: configDefaults.exclude,
    globalSetup: ['test/live/support/set-up.ts'],
    testTimeout: 120_000,
  },
});
