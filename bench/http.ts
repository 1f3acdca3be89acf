import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import type { ApigResponse } from '../lib/runtime/apig-response.ts';
import { createRandom } from '../local/simulation/random.ts';
import { NIGHTLY } from '../testing/night.ts';
import { type Functions, startFunctions } from '../testing/functions.ts';
import { type HttpCall, makeCalls } from '../testing/http-calls/make-calls.ts';
import { HTTP_SETTINGS } from '../testing/http-calls/settings.ts';

const MODEL_SPEED = 60;

type Result = { call: HttpCall; status: number; ms: number };

/**
 * Calls the built function `http` many times, with calls of every route, good, bad and repeated, by cold and warm instances in
 * parallel while a drive works, against the embedded cloud on loopback. Prints statuses and times by kind of call. Exits with 1
 * on a 5xx, and on an unexpected status.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '2000' },
      instances: { type: 'string', default: '8' },
      phones: { type: 'string', default: '60' },
      seed: { type: 'string', default: '11' },
    },
  });
  const [count, instances] = [Number(values.calls), Number(values.instances)];
  const functions = await startFunctions(HTTP_SETTINGS, {
    phones: Number(values.phones),
    servers: 3,
    seed: Number(values.seed),
    speed: MODEL_SPEED,
  });
  const lines = captureLog();
  await functions.putPolicy(NIGHTLY);
  await functions.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
  await functions.putPolicy('name: broken\n', 'broken');
  const known: string[] = [];
  const { phones: fleet } = functions.cloud.world.fleet;
  const calls = makeCalls(
    createRandom(Number(values.seed), 'http'),
    count,
    [...fleet.keys()],
    known,
  );

  const limit = pLimit(instances);
  const idle = Array.from({ length: instances }, () => functions.instance('http'));
  const send = async (call: HttpCall, number: number): Promise<Result> => {
    const warm = idle.pop() ?? functions.instance('http');
    // Every tenth call gets a new instance.
    const instance = number % 10 === 0 ? functions.instance('http') : warm;
    const start = performance.now();
    const { statusCode: status, body } = (await instance(call.event())) as ApigResponse;
    const ms = performance.now() - start;
    idle.push(warm);
    if (status === 202 && body.includes('"run_id"')) known.push(runIdIn(body));
    return { call, status, ms };
  };

  const drives = { worked: 0, failed: 0 };
  let isOver = false;
  const driving = (async () => {
    while (!isOver) {
      const time = new Date().toISOString();
      const event = { trigger_type: 'TIMER', time, trigger_name: 'minute' };
      // A failed drive, such as one whose LIST timed out on a busy machine, is followed by the next, as on FunctionGraph.
      await functions
        .instance('drive')(event)
        .then(
          () => (drives.worked += 1),
          () => (drives.failed += 1),
        );
    }
  })();
  const began = performance.now();
  const [first, ...others] = calls;
  const results = first === undefined ? [] : [await send(first, 0)];
  results.push(...(await Promise.all(others.map((call, at) => limit(() => send(call, at + 1))))));
  const seconds = (performance.now() - began) / 1000;
  isOver = true;
  await driving;
  const reports = await countSettled(functions.store);
  await functions.stop();
  const logged = lines();

  console.log(`${calls.length} calls by ${instances} instances in ${seconds.toFixed(1)} s`);
  console.log(
    `${drives.worked} drives at the same time, ${drives.failed} failed; ${reports} of ${new Set(known).size} runs settled\n`,
  );
  console.log(`${'calls'.padEnd(44)}    n  p50 ms  p99 ms  statuses`);
  const kinds = new Map<string, Result[]>();
  for (const one of results) kinds.set(one.call.kind, [...(kinds.get(one.call.kind) ?? []), one]);
  for (const [kind, ones] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(rowOf(kind, ones));
  }
  console.log(rowOf('all', results));

  const wrong = results.filter(({ call, status }) => !call.expected.includes(status));
  const failed = results.filter(({ status }) => status >= 500);
  for (const { call, status } of wrong.slice(0, 20)) {
    console.log(`wrong: ${call.kind}: ${status}, expected ${call.expected.join(' or ')}`);
  }
  for (const line of logged.filter((one) => one.includes('http_failed')).slice(0, 20)) {
    console.log(line.trim());
  }
  console.log(`\n5xx: ${failed.length}; statuses that were not expected: ${wrong.length}`);
  process.exitCode = failed.length + wrong.length === 0 ? 0 : 1;
}

/** Returns how many runs have settled, or `?` if the embedded OBS did not respond. */
async function countSettled(store: Functions['store']): Promise<string> {
  try {
    return String((await store.list('state/runs/')).length);
  } catch {
    return '?';
  }
}

const runIdIn = (body: string): string => (JSON.parse(body) as { run_id: string }).run_id;

function rowOf(kind: string, ones: Result[]): string {
  const times = ones.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1);
  const statuses = new Map<number, number>();
  for (const { status } of ones) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${status}×${n}`);
  return [
    kind.padEnd(44),
    String(ones.length).padStart(4),
    at(0.5).padStart(7),
    at(0.99).padStart(7),
    ` ${counts.join(' ')}`,
  ].join(' ');
}

/** Captures standard output, where the functions log. Returns a function that stops it and returns the lines. */
function captureLog(): () => string[] {
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = (chunk: unknown): boolean => lines.push(String(chunk)) > 0;
  return () => {
    process.stdout.write = write;
    return lines;
  };
}

// The AWS SDK warns on Node 20 about its requirements of 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await main();
