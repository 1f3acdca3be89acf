import { spawn } from 'node:child_process';
import { join } from 'node:path';
import pLimit from 'p-limit';

const root = join(import.meta.dirname, '..');
/** Scripts of package.json that only read the code, the longest first. */
const CHECKS = ['lint', 'types', 'formatted', 'deadcode'];
const AT_ONCE = 2;

/** Runs one script to its end and prints what it has to say, in one piece. True when it passed. */
function passes(name: string): Promise<boolean> {
  const npm = spawn(`npm run --silent ${name}`, { cwd: root, shell: true });
  const said: Buffer[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', (piece: Buffer) => void said.push(piece));
  }
  return new Promise((resolve) => {
    npm.on('close', (code) => {
      process.stderr.write(Buffer.concat(said));
      if (code !== 0) console.error(`npm run ${name} has failed`);
      resolve(code === 0);
    });
  });
}

const limit = pLimit(AT_ONCE);
const results = await Promise.all(CHECKS.map((name) => limit(() => passes(name))));
if (results.includes(false)) process.exitCode = 1;
