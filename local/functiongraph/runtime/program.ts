import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The program of an instance: beside the bundled cloud, or in this checkout. */
export function instanceProgram(): string {
  const bundled = join(import.meta.dirname, 'function-instance.js');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, '..', 'instance', 'main.cjs');
}
