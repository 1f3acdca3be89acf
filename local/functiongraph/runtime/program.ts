import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the path of the instance program: next to the bundled cloud, else in this checkout. */
export function instanceProgram(): string {
  const bundled = join(import.meta.dirname, 'function-instance.js');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, '..', 'instance', 'main.cjs');
}
