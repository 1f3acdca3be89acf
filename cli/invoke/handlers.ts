import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import { nearest } from '../../lib/policy/parse/nearest.ts';
import { wrongUse } from '../program/command.ts';

/** Other programs that the build puts beside the handlers. */
const NOT_HANDLERS = new Set(['phonevault', 'local', 'invoke-worker', 'function-instance']);

/** Returns the file of a built handler. Throws wrong use, which names the existing ones, for any other name. */
export async function handlerFile(dist: string, name: string): Promise<string> {
  const known = await builtHandlers(dist);
  if (known.includes(name)) return join(dist, `${name}.js`);
  if (known.length === 0) {
    throw new PhonevaultError('not_found', `no built handlers in ${dist}`, {
      hint: 'run npm run build',
    });
  }
  const meant = nearest(name, known);
  throw wrongUse(
    `unknown handler ${JSON.stringify(name.slice(0, 64))}`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}handlers: ${known.join(', ')}`,
  );
}

async function builtHandlers(dist: string): Promise<string[]> {
  const files = await readdir(dist).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return files
    .flatMap((file) => /^([a-z][a-z0-9-]*)\.js$/.exec(file)?.[1] ?? [])
    .filter((name) => !NOT_HANDLERS.has(name))
    .sort();
}
