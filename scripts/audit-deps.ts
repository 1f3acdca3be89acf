import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditLock } from '../packaging/lock.ts';

const root = join(import.meta.dirname, '..');

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(root, name), 'utf8'));
}

/** Lists the licences and the problems of all packages in the lock file. Exit code 1 if there is a problem. Needs no network. */
async function main(): Promise<void> {
  const audit = auditLock(await readJson('package.json'), await readJson('package-lock.json'));
  for (const [licence, names] of [...audit.licences].sort(([, a], [, b]) => b.length - a.length)) {
    const list = names.length > 15 ? `${names.length} packages` : names.sort().join(', ');
    console.log(`${licence.padEnd(14)} ${list}`);
  }
  for (const problem of audit.problems) console.error(problem);
  const count = audit.problems.length;
  console.log(`${audit.packages} packages, ${count === 0 ? 'all pinned' : `${count} problems`}`);
  process.exitCode = count === 0 ? 0 : 1;
}

await main();
