import { describe, expect, it } from 'vitest';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { backedUp, request } from './backed-up.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const LEASE_MS = 2 * MINUTE;

/** A restore whose phones are being exported, four at a time: its last drive was killed after the first export was sent. */
async function exporting() {
  const scene = await backedUp({ phones: 8, servers: 1 });
  const { store } = scene.invocation().deps;
  const targets = scene.fleet.map(({ phone_id }) => ({ phone: phone_id }));
  const runId = await request(scene, { targets });
  const before = scene.exports.length;
  for (let call = 28; scene.exports.length === before; call += 2) {
    await scene.driveKilled(call, 'after');
    scene.clock.move(LEASE_MS);
  }
  const plan = (await readPlan(store, runId))?.plan;
  const safety = plan?.restore?.safety_runs[0]?.run_id ?? '';
  expect(await requestCancel(store, runId)).toBe('requested');
  return { ...scene, store, runId, safety };
}

describe('a cancelled restore', () => {
  it('cancels the export of its phones too, and restores nothing', async () => {
    await expectCancelled(await exporting());
  });

  it.each([16, 24, 40])('ends the same when the drive is killed at call %i', async (call) => {
    const scene = await exporting();
    await scene.driveKilled(call, 'after');
    scene.clock.move(LEASE_MS);
    await expectCancelled(scene);
  });
});

async function expectCancelled(scene: Awaited<ReturnType<typeof exporting>>): Promise<void> {
  await scene.minute();
  // The response to the export was lost: drives in between find nothing to do.
  scene.clock.move(15 * MINUTE);
  const { report } = await scene.settle(scene.runId);
  const safety = await scene.settle(scene.safety);

  expect(report).toMatchObject({ outcome: 'cancelled', counts: { restored: 0 } });
  expect(safety.report.outcome).toBe('cancelled');
  expect(safety.report.counts.cancelled).toBeGreaterThan(0);
  expect(scene.cloud.control.calls().cph?.['batch-restore']?.ok).toBe(0);
  expect(await scene.store.list('open/cancel/')).toEqual([]);
}
