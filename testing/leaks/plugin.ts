import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Modules that something is told through, and their stand-ins that look at it. */
const standIns = new Map(
  [
    ['local/cloud.ts', 'cloud.ts'],
    ['lib/runtime/log.ts', 'log.ts'],
    ['lib/runtime/apig-response.ts', 'apig-response.ts'],
  ].map(([module = '', file = '']) => [join(root, module), join(import.meta.dirname, file)]),
);

const names = /(?:^|\/)(?:cloud|log|apig-response)\.ts$/;

/**
 * Leads every import of these modules, whoever makes it, to stand-ins: so no test, and no support of one, has to remember
 * to have looked at what it makes known.
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
