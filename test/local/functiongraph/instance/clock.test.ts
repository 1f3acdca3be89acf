import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const CLOCK = join(import.meta.dirname, '../../../../local/functiongraph/instance/clock.cjs');

/** Runs a script in a process of its own, because the clock replaces globals. */
function run(script: string): unknown {
  const code = `const { install, setClock, simulatedNow } = require(${JSON.stringify(CLOCK)});
    install();
    ${script}`;
  const output = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  return JSON.parse(output);
}

it('replaces Date by the simulated time', () => {
  const script = `setClock({ machineAt: Date.now(), simulatedAt: 1_000, speed: 0 });
    console.log(JSON.stringify([Date.now(), new Date().getTime(), simulatedNow(), new Date(5).getTime(),
      new Date() instanceof Date, typeof Date()]));`;
  expect(run(script)).toEqual([1_000, 1_000, 1_000, 5, true, 'string']);
});

it('scales timers of all kinds', () => {
  // Each of these waits a day: without scaling the test would run into its limit.
  const script = `const day = 86_400_000;
    const { setTimeout: wait, setInterval: ticks, scheduler } = require('node:timers/promises');
    setClock({ machineAt: Date.now(), simulatedAt: 0, speed: 1e6 });
    (async () => {
      const done = [];
      await new Promise((resolve) => setTimeout(resolve, day));
      done.push('setTimeout');
      await wait(day);
      await scheduler.wait(day);
      done.push('promises');
      for await (const tick of ticks(day, 'interval')) { done.push(tick); break; }
      await new Promise((resolve) => { const timer = setInterval(() => { clearInterval(timer); resolve(); }, day); });
      const keepAlive = setInterval(() => undefined, day);
      await new Promise((resolve) => AbortSignal.timeout(day).addEventListener('abort', resolve));
      clearInterval(keepAlive);
      console.log(JSON.stringify([...done, performance.now() > 5 * day]));
    })();`;
  expect(run(script)).toEqual(['setTimeout', 'promises', 'interval', true]);
});
