import { parseArgs } from 'node:util';
import { checkInstalled } from './support/installed.ts';
import { startServers } from './support/servers.ts';

// The servers of the live tests, for a person: prints where they are and runs them until Ctrl-C. With `--starts N` they are
// started and stopped N times instead, to see that it works each time.

async function serve(): Promise<void> {
  const { servers, stop } = await startServers();
  console.log(JSON.stringify(servers, undefined, 2));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    // Nothing else keeps this process going.
    setInterval(() => undefined, 60_000);
  });
  await stop();
}

async function startRepeatedly(times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    const began = performance.now();
    const { stop } = await startServers();
    console.log(`start ${time} of ${times}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    await stop();
  }
}

const { values } = parseArgs({ options: { starts: { type: 'string' } } });
try {
  checkInstalled();
  await (values.starts === undefined ? serve() : startRepeatedly(Number(values.starts)));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
