import { realIo } from './io/real-io.ts';
import { runCli } from './program/run-cli.ts';

// Whoever reads our output may stop reading (`| head -1`): nothing is left to say, and nothing went wrong.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : 1),
  );
}

const io = realIo(import.meta.dirname);
void runCli(process.argv.slice(2), io).then((code) => {
  io.close();
  // All that was printed goes out first; an open handle of a library must not keep the person waiting. Where it cannot
  // go out, the listeners above end the process.
  process.stdout.write('', (lost) => {
    if (!lost) process.stderr.write('', () => process.exit(code));
  });
});
