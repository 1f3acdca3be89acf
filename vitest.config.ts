import { configDefaults, defineConfig } from 'vitest/config';
import { watchLeaks } from './testing/leaks/plugin.ts';

export default defineConfig({
  plugins: [watchLeaks()],
  test: {
    setupFiles: ['testing/leaks/setup.ts'],
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/survive/**', 'test/live/**'],
    // A machine that has other work takes many times as long: only what hangs is to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // No module keeps state of its own, so the files may share what they import: half the time.
    isolate: false,
    pool: 'threads',
    maxWorkers: '100%',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
