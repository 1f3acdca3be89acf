import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { SECOND } from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { dyingDeps } from '../../support/dying-deps.ts';
import { eventClock } from '../../support/event-clock.ts';
import { MINUTE, plannedPhone, T0 } from '../../support/runs.ts';

const runId = (n: number) => `p${n}-20260102t023000z`;

/** More runs than a cold drive can read in its time: a run of one phone each, and one more of the phone of the first. */
async function scene(runs: number, exportMs: number, callMs = 300) {
  const clock = eventClock(T0);
  const world = driveWorld(exportMs, clock);
  const { deps } = world;
  for (let n = 0; n < runs; n += 1) {
    await world.request(runId(n), [plannedPhone(`p${n}`, { server_id: `s${n % 50}` })]);
  }
  const own = { ...deps };
  let drives = 0;
  const drive = async (last = Number.POSITIVE_INFINITY) => {
    drives += 1;
    const died = new Promise<void>((resolve) => {
      Object.assign(deps, dyingDeps(own, clock, { callMs, last, die: resolve }));
    });
    const startedAt = clock.now();
    const driven = world.drive({ until: startedAt + 20 * SECOND, holder: `h${drives}` });
    await Promise.race([driven, died]);
    if (clock.now() < startedAt + 30 * SECOND) {
      await clock.sleep(startedAt + 30 * SECOND - clock.now());
    }
  };
  return { ...world, store: own.store, drive };
}

describe('more open runs than a cold drive can read', () => {
  it('are exported: each drive takes up what the one before knew', async () => {
    const { drive, exports } = await scene(320, 10 * SECOND);
    await drive();
    expect(exports).toEqual([]);
    for (let n = 0; n < 8; n += 1) await drive();
    expect(exports.length).toBeGreaterThan(20);
    expect(new Set(exports.flatMap(([, ids]) => ids)).size).toBe(exports.length);
  });

  it('are exported where each call of a healthy service takes 700 ms', async () => {
    const { drive, exports } = await scene(100, 10 * SECOND, 700);
    for (let n = 0; n < 9; n += 1) await drive();
    expect(exports.length).toBeGreaterThan(5);
    expect(new Set(exports.flatMap(([, ids]) => ids)).size).toBe(exports.length);
  });

  it('never let a phone be exported twice at once, also when a drive is killed', async () => {
    const { drive, exports, request, store } = await scene(320, 20 * MINUTE);
    for (let n = 0; n < 4; n += 1) await drive();
    const sent = exports.flatMap(([, ids]) => ids);
    expect(sent.length).toBeGreaterThan(0);
    const phone = sent[0] ?? '';
    await request('again-20260102t023000z', [plannedPhone(phone, { server_id: 's99' })]);
    for (let n = 0; n < 12; n += 1) await drive(n === 2 ? 300 : undefined);
    const all = exports.flatMap(([, ids]) => ids);
    expect(all.length).toBeGreaterThan(sent.length);
    expect(new Set(all).size).toBe(all.length);
    expect(await store.get(layout.inFlight)).toBeDefined();
  });
});
