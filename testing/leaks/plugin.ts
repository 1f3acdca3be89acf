import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Modules through which text leaves the process, and the stand-ins that check it. */
const standIns = new Map(
  [
    ['local/cloud.ts', 'cloud.ts'],
    ['lib/runtime/log.ts', 'log.ts'],
    ['lib/runtime/apig-response.ts', 'apig-response.ts'],
  ].map(([module = '', file = '']) => [join(root, module), join(import.meta.dirname, file)]),
);

const names = /(?:^|\/)(?:cloud|log|apig-response)\.ts$/;

/**
 * Resolves every import of these modules to its stand-in, so that no test has to check its output itself.
 */
export function watchLeaks() {
  return {
    name: 'watch-leaks',
    enforce: 'pre' as const,
    resolveId(source: string, importer: string | undefined): string | undefined {
      if (importer === undefined || !names.test(source) || !source.startsWith('.'))
        return undefined;
      const standIn = standIns.get(resolve(importer, '..', source));
      return standIn === importer ? undefined : standIn;
    },
  };
}
