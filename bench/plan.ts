import { parseArgs } from 'node:util';
import { saveInventory, startInventory } from '../lib/ledger/fleet/inventory.ts';
import type { ApigResponse } from '../lib/runtime/apig-response.ts';
import { startFunctions } from '../testing/functions.ts';
import { HTTP_SETTINGS } from '../testing/http-calls/settings.ts';
import { TOKEN } from '../testing/keys.ts';

const MB = 2 ** 20;
/** Connections and compiled code add a few MB after the first call; a fleet that each call keeps would double the heap. */
const MAX_GROWTH = 1.25;

/**
 * Calls `POST /v1/plan` of the built function `http` many times in one warm instance, for a small and for a large fleet, and
 * prints the heap after the first and after the last call. Exits with 1 when it has grown by more than a quarter. Needs --expose-gc.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      phones: { type: 'string', default: '1000,20000' },
      calls: { type: 'string', default: '50' },
    },
  });
  const calls = Number(values.calls);
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run it with node --expose-gc');
  const heap = async (): Promise<number> => {
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    return process.memoryUsage().heapUsed / MB;
  };

  console.log(
    'phones  calls  response KB  p50 ms  slowest ms  heap after 1  after all  ratio  peak RSS MB',
  );
  for (const phones of values.phones.split(',').map(Number)) {
    const functions = await startFunctions(HTTP_SETTINGS);
    await functions.putPolicy(policyFor(phones));
    await storeFleet(functions.store, phones);
    const instance = functions.instance('http');
    const times: number[] = [];
    let size = 0;
    const call = async (): Promise<void> => {
      const start = performance.now();
      const { statusCode, body } = (await quietly(() => instance(EVENT))) as ApigResponse;
      times.push(performance.now() - start);
      size = body.length;
      const { counts } = JSON.parse(body) as { counts?: { selected: number } };
      if (statusCode !== 200 || counts?.selected !== phones) throw new Error(body.slice(0, 300));
    };
    await call();
    const first = await heap();
    for (let done = 1; done < calls; done += 1) await call();
    const last = await heap();
    await functions.stop();

    times.sort((a, b) => a - b);
    const row = [
      String(phones).padStart(6),
      String(calls).padStart(6),
      (size / 1024).toFixed(0).padStart(12),
      (times[Math.floor(times.length / 2)] ?? 0).toFixed(0).padStart(7),
      (times.at(-1) ?? 0).toFixed(0).padStart(11),
      first.toFixed(1).padStart(13),
      last.toFixed(1).padStart(10),
      (last / first).toFixed(2).padStart(6),
      (process.resourceUsage().maxRSS / 1024).toFixed(0).padStart(12),
    ];
    console.log(row.join(' '));
    if (last / first > MAX_GROWTH) process.exitCode = 1;
  }
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

/** The function logs to standard output. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

await main();
