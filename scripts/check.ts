import { spawn } from 'node:child_process';
import { join } from 'node:path';
import pLimit from 'p-limit';

const root = join(import.meta.dirname, '..');
/** Scripts of package.json that only read the code, the longest first. */
const CHECKS = ['lint', 'types', 'formatted', 'deadcode'];
const AT_ONCE = 2;

/** Runs one script and prints its output in one piece. Returns true if it passed. */
function passes(name: string): Promise<boolean> {
  const npm = spawn(`npm run --silent ${name}`, { cwd: root, shell: true });
  const output: Buffer[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', (piece: Buffer) => void output.push(piece));
  }
  return new Promise((resolve) => {
    npm.on('close', (code) => {
      process.stderr.write(Buffer.concat(output));
      if (code !== 0) console.error(`npm run ${name} failed`);
      resolve(code === 0);
    });
  });
}

const limit = pLimit(AT_ONCE);
const results = await Promise.all(CHECKS.map((name) => limit(() => passes(name))));
if (results.includes(false)) process.exitCode = 1;
