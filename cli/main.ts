import { realIo } from './io/real-io.ts';
import { runCli } from './run-cli.ts';

// A reader may close the pipe early (`| head -1`); that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : 1),
  );
}

// Node.js 20 is supported; the AWS SDK warns of what it will need in 2027.
Object.assign(process.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const io = realIo(import.meta.dirname);
void runCli(process.argv.slice(2), io).then((code) => {
  io.close();
  // Flush all output, then exit: an open handle of a library must not keep the process alive. If the output cannot be
  // written, the listeners above end the process.
  process.stdout.write('', (error) => {
    if (!error) process.stderr.write('', () => process.exit(code));
  });
});
