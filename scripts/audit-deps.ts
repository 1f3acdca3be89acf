import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditLock } from './audit/lock.ts';

const root = join(import.meta.dirname, '..');

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(root, name), 'utf8'));
}

/** Lists the licences of everything in the lock file and what is wrong with it; exit code 1 for any fault. Needs no network. */
async function main(): Promise<void> {
  const audit = auditLock(await readJson('package.json'), await readJson('package-lock.json'));
  for (const [licence, names] of [...audit.licences].sort(([, a], [, b]) => b.length - a.length)) {
    const told = names.length > 15 ? `${names.length} packages` : names.sort().join(', ');
    console.log(`${licence.padEnd(14)} ${told}`);
  }
  for (const fault of audit.faults) console.error(fault);
  const outcome = audit.faults.length === 0 ? 'all pinned' : `${audit.faults.length} faults`;
  console.log(`${audit.packages} packages, ${outcome}`);
  process.exitCode = audit.faults.length === 0 ? 0 : 1;
}

await main();
