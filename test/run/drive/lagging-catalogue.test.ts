import { expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { catalogued } from '../../support/archives.ts';
import { SECOND } from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { laggingStore } from '../../support/lagging-store.ts';
import { openRun, plannedPhone } from '../../support/runs.ts';

/** Runs of one policy that are end one after another, driven by cold instances. Returns what the catalogue lacks. */
async function missing(runs: number, { lag, workMs }: { lag: number; workMs: number }) {
  const world = driveWorld(2 * SECOND);
  const { clock } = world;
  const memory = memoryStore(clock);
  const store = laggingStore(memory, clock, () => lag);
  Object.assign(world.deps, { store });
  const names = Array.from({ length: runs }, (_, n) => `nightly-${n}`);
  for (const [n, runId] of names.entries()) {
    const phones = [plannedPhone(`p${n}`), plannedPhone(`q${n}`)];
    const run = openRun(runId, phones);
    if (run.plan !== undefined) await writePlan(store, run.plan, phones);
    await putRequest(store, run.request);
  }
  clock.move(lag);
  for (let drives = 0; (await memory.list(layout.open)).length > 0; drives += 1) {
    await world.drive({ until: clock.now() + workMs, holder: `h${drives}` });
    clock.move(SECOND);
  }
  const known = new Set((await catalogued(memory)).map(({ phone_id }) => phone_id));
  const wanted = names.flatMap((_, n) => [`p${n}`, `q${n}`]);
  return wanted.filter((id) => !known.has(id));
}

it.each([
  [0, 20],
  [5, 4],
  [120, 50],
])('no archive is lost in the catalogue where LIST lags: %i s, drives of %i s', async (...of) => {
  const [lag, work] = of;
  expect(await missing(12, { lag: lag * SECOND, workMs: work * SECOND })).toEqual([]);
});
