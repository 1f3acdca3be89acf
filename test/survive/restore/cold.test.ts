import { describe, expect, it } from 'vitest';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { getRun } from '../../../lib/run/query/runs/get-run.ts';
import { request, restore } from './backed-up.ts';
import { cold } from './cold-scene.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a restore from COLD', () => {
  it('makes each archive readable, shows that it does, exports the phones after it, and restores', async () => {
    const scene = await cold();
    const sent = scene.exports.length;
    const runId = await request(scene, { targets: scene.targets });

    await scene.minute();
    const { view } = await viewOf(scene, runId);
    expect(view.progress).toMatchObject({ thawing: scene.targets.length, saving: 0 });
    expect(scene.exports).toHaveLength(sent);

    const { report, phones } = await scene.settle(runId);
    expect(report).toMatchObject({ outcome: 'completed' });
    expect(phones.map(({ saved }) => typeof saved)).toEqual(scene.targets.map(() => 'string'));
    expect(scene.calls()).toEqual({ ok: scene.targets.length, refused: 0 });
    await scene.expectRestored();
  });

  it('waits for hours where that was asked for, and asks once', async () => {
    const scene = await cold();
    const { report } = await settleSlowly(scene, { targets: scene.targets, thaw: 'standard' });
    expect(report).toMatchObject({ outcome: 'completed' });
    const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
    expect(took).toBeGreaterThan(3 * HOUR);
    expect(scene.calls().ok).toBe(scene.targets.length);
    await scene.expectRestored();
  });

  it('asks once for one archive that many phones get', async () => {
    const scene = await cold();
    const images = [...scene.fleet].sort((a, b) => a.image_version.localeCompare(b.image_version));
    const source = images.find(({ image_version }) => image_version === 'AOSP 11.0') ?? images[0]!;
    const same = scene.fleet.filter(({ image_version }) => image_version === source.image_version);
    const targets = same.map(({ phone_id }) => ({ phone: phone_id, source: source.phone_id }));
    const { report } = await restore(scene, { targets, safety_export: false });
    expect(report.counts.restored).toBe(targets.length);
    expect(scene.calls().ok).toBe(1);
  });

  it('fails one phone whose archive may not be made readable, says which right is missing, and restores the others', async () => {
    const scene = await cold();
    scene.deny();
    const { report, phones } = await restore(scene, { targets: scene.targets });

    const [refused, ...others] = [...phones].sort(
      (a, b) => Number(a.outcome === 'restored') - Number(b.outcome === 'restored'),
    );
    expect(refused).toMatchObject({
      outcome: 'failed',
      reason: 'thaw_refused',
      code: 'AccessDenied',
    });
    expect(refused?.phone_id).toBe(scene.fleet[0]!.phone_id);
    expect(others.map(({ outcome }) => outcome)).toEqual(others.map(() => 'restored'));
    expect(report.not_done?.[0]?.message).toContain('obs:object:RestoreObject');
  });

  it('gives up at the deadline, with the phones as they were', async () => {
    const scene = await cold();
    const fault = { service: 'obs', operation: 'RestoreObject', kind: 'error' as const };
    scene.cloud.control.addFault({ ...fault, status: 503, code: 'ServiceUnavailable' });
    const sent = scene.exports.length;
    const { report, phones } = await settleSlowly(scene, { targets: scene.targets });
    expect(report.outcome).toBe('failed');
    for (const phone of phones) {
      expect(phone).toMatchObject({ outcome: 'timed_out', reason: 'not_thawed' });
    }
    expect(scene.exports).toHaveLength(sent);
    expect(scene.cloud.control.calls().cph?.['batch-restore']?.ok).toBe(0);
  });

  it('ends when it is cancelled while archives become readable', async () => {
    const scene = await cold();
    const runId = await request(scene, { targets: scene.targets });
    await scene.minute();
    const { store } = scene.invocation().deps;
    await requestCancel(store, runId);
    expect((await scene.settle(runId)).report.outcome).toBe('cancelled');
  });
});

type Scene = Awaited<ReturnType<typeof cold>>;

async function viewOf(scene: Scene, runId: string) {
  const { deps } = scene.invocation();
  const view = await getRun(deps.store, runId, scene.clock.now());
  return { view: view! };
}

/** Lets an hour pass between drives. */
async function settleSlowly(scene: Scene, order: Parameters<typeof restore>[1]) {
  const runId = await request(scene, order);
  for (let hour = 0; hour < 26; hour += 1) {
    await scene.minute();
    scene.clock.move(HOUR);
  }
  return scene.settle(runId);
}
