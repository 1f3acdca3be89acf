import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { saveInventory, startInventory } from '../lib/ledger/fleet/inventory.ts';
import type { ApigResponse } from '../lib/runtime/apig-response.ts';
import { startFunction } from '../testing/function-process.ts';
import { startFunctions } from '../testing/functions.ts';
import { HTTP_SETTINGS } from '../testing/http-calls/settings.ts';
import { TOKEN } from '../testing/keys.ts';

const MB = 2 ** 20;
/** Connections and compiled code add a few MB after the first call; a fleet that each call keeps would double the heap. */
const MAX_GROWTH = 1.25;

/** The handler `http`, with the memory of its process, in bytes: RSS after the call, and the heap without garbage. */
const MEASURED = `
require('node:v8').setFlagsFromString('--expose-gc');
const collect = require('node:vm').runInNewContext('gc');
const { handler } = require('./http.js');
exports.handler = async (event, context) => {
  const response = await handler(event, context);
  const rss = process.memoryUsage.rss();
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return { response, rss, heap: process.memoryUsage().heapUsed };
};
`;

type Measured = { response: ApigResponse; rss: number; heap: number };

/**
 * Calls `POST /v1/plan` of the built function `http` many times in one warm instance, for a small and for a large fleet. The
 * instance is a process of its own, so the numbers contain neither the embedded cloud nor this program. Prints its heap after
 * the first and after the last call, and its largest RSS. Exits with 1 when the heap has grown by more than a quarter.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      phones: { type: 'string', default: '1000,20000' },
      calls: { type: 'string', default: '50' },
    },
  });
  const calls = Number(values.calls);
  console.log(
    'phones  calls  response KB  p50 ms  slowest ms  heap after 1  after all  ratio  peak RSS MB',
  );
  for (const phones of values.phones.split(',').map(Number)) {
    const growth = await measure(phones, calls);
    if (growth > MAX_GROWTH) process.exitCode = 1;
  }
}

/** Prints the row of one fleet. Returns the ratio of the heap after the last call to that after the first. */
async function measure(phones: number, calls: number): Promise<number> {
  const functions = await startFunctions(HTTP_SETTINGS);
  const { cloud, dist, settings } = functions;
  await functions.putPolicy(policyFor(phones));
  await storeFleet(functions.store, phones);
  await writeFile(join(dist, 'measured.js'), MEASURED);
  const instance = startFunction({
    ...{ name: 'measured', dist, settings, projectId: cloud.projectId },
    credentials: cloud.credentials,
    onLine: () => undefined,
  });
  const times: number[] = [];
  const heaps: number[] = [];
  let [size, peak] = [0, 0];
  try {
    for (let done = 0; done < calls; done += 1) {
      const start = performance.now();
      const { response, rss, heap } = (await instance.invoke(EVENT)) as Measured;
      times.push(performance.now() - start);
      heaps.push(heap);
      peak = Math.max(peak, rss);
      const { statusCode, body } = response;
      size = body.length;
      const { counts } = JSON.parse(body) as { counts?: { selected: number } };
      if (statusCode !== 200 || counts?.selected !== phones) throw new Error(body.slice(0, 300));
    }
  } finally {
    await instance.kill();
    await functions.stop();
  }

  times.sort((a, b) => a - b);
  const [first = 0, last = 0] = [heaps[0], heaps.at(-1)];
  const row = [
    String(phones).padStart(6),
    String(calls).padStart(6),
    (size / 1024).toFixed(0).padStart(12),
    (times[Math.floor(times.length / 2)] ?? 0).toFixed(0).padStart(7),
    (times.at(-1) ?? 0).toFixed(0).padStart(11),
    (first / MB).toFixed(1).padStart(13),
    (last / MB).toFixed(1).padStart(10),
    (last / first).toFixed(2).padStart(6),
    (peak / MB).toFixed(0).padStart(12),
  ];
  console.log(row.join(' '));
  return last / first;
}

const EVENT = {
  httpMethod: 'POST',
  path: '/v1/plan',
  pathParameters: { '': 'v1/plan' },
  queryStringParameters: {},
  headers: { authorization: `Bearer ${TOKEN}` },
  body: '{"policy":"nightly"}',
  isBase64Encoded: false,
};

const policyFor = (phones: number): string => `
name: nightly
select: { name: "*", max_phones: ${phones} }
export: { include: [/data/data], bucket: phonevault-demo }
`;

type Store = Awaited<ReturnType<typeof startFunctions>>['store'];

/** Stores a complete inventory of a fleet, as drive does. */
async function storeFleet(store: Store, count: number): Promise<void> {
  const phones = Array.from({ length: count }, (_, index) => ({
    phone_id: index.toString(16).padStart(32, '0'),
    phone_name: `game-${index}`,
    server_id: (index % Math.ceil(count / 50)).toString(16).padStart(32, 'a'),
    status: 'running',
    image_version: 'AOSP 11.0',
  }));
  const now = Date.now();
  await saveInventory(store, { ...startInventory(now, undefined), finished_at: now, phones });
}

// The AWS SDK warns on Node 20 about its requirements of 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await main();
