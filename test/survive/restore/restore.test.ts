import { describe, expect, it } from 'vitest';
import { listArchives } from '../../../lib/run/query/archives.ts';
import { backedUp, filesOf, restore } from './backed-up.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;

describe('a restore', () => {
  it('brings back every file of a wiped phone, restarts it, and notifies once', async () => {
    const scene = await backedUp();
    const [one] = scene.fleet;
    const before = await filesOf(scene, one!.phone_id);
    await scene.cloud.control.wipe(one!.phone_id, '/data');
    const notified = (await scene.cloud.control.messages()).length;

    const { report, phones } = await restore(scene, { targets: [{ phone: one!.phone_id }] });

    expect(report).toMatchObject({
      kind: 'restore',
      outcome: 'completed',
      counts: { restored: 1 },
    });
    expect(phones).toMatchObject([{ phone_id: one!.phone_id, outcome: 'restored' }]);
    expect(phones[0]!.seconds).toBeGreaterThan(5);
    expect(await filesOf(scene, one!.phone_id)).toEqual(before);
    expect(scene.cloud.control.calls().cph?.['batch-restart']).toEqual({ ok: 1, refused: 0 });
    expect((await scene.cloud.control.messages()).length).toBe(notified + 1);
  });

  it('exports the phone first, and never takes that export for a good archive', async () => {
    const scene = await backedUp();
    const { phone_id } = scene.fleet[0]!;
    await scene.cloud.control.putFile(phone_id, { path: '/data/media/0/new.txt', text: 'new' });

    const first = await restore(scene, { targets: [{ phone: phone_id }] }, 't1');
    const second = await restore(scene, { targets: [{ phone: phone_id }] }, 't2');

    const { archives } = await listArchives(scene.invocation().deps.store, {
      phone: phone_id,
      max: 9,
    });
    expect(archives.map(({ trigger }) => trigger)).toEqual(['restore', 'restore', 'timer']);
    expect(first.phones[0]!.saved).toBe(archives[1]!.key);
    expect(second.phones[0]!.source).toEqual(first.phones[0]!.source);
  });

  it('restores one archive to many phones in calls of the learned size', async () => {
    const scene = await backedUp({ phones: 16, servers: 4, limits: { restoreInfosPerCall: 3 } });
    const versionOf = (image: string) => Number(image.replace('AOSP ', ''));
    const [oldest] = [...scene.fleet].sort(
      (a, b) => versionOf(a.image_version) - versionOf(b.image_version),
    );
    const source = oldest!.phone_id;
    const targets = scene.fleet.map(({ phone_id }) => ({ phone: phone_id, source }));

    const { phones } = await restore(scene, { targets, safety_export: false });
    expect(phones.filter(({ outcome }) => outcome !== 'restored')).toEqual([]);

    const files = await filesOf(scene, source);
    expect(phones).toHaveLength(targets.length);
    for (const { phone } of targets) {
      expect(await filesOf(scene, phone)).toEqual(expect.arrayContaining(files!));
    }
  });

  it('leaves nothing but the archive and a fresh system after a reset', async () => {
    const scene = await backedUp();
    const { phone_id } = scene.fleet[0]!;
    const before = await filesOf(scene, phone_id);
    const extra = '/data/data/com.example.game/extra';
    await scene.cloud.control.putFile(phone_id, { path: extra, text: 'x' });

    const { phones } = await restore(scene, { targets: [{ phone: phone_id }], reset_first: true });

    const after = (await filesOf(scene, phone_id))!;
    expect(phones).toMatchObject([{ outcome: 'restored' }]);
    expect(after).toEqual(expect.arrayContaining(before!));
    expect(after.map(({ path }) => path)).not.toContain(extra);
  });

  it.each([
    ['batch-restore', 'drop_answer', 20],
    ['batch-restart', 'drop_answer', 6],
    ['batch-restore', 'throttle', 6],
  ] as const)(
    'restores all the same after %s met %s, within %i minutes',
    async (operation, kind, minutes) => {
      const scene = await backedUp();
      const { phone_id } = scene.fleet[0]!;
      const before = await filesOf(scene, phone_id);
      await scene.cloud.control.wipe(phone_id, '/data');
      const limit = kind === 'throttle' ? { per_minute: 0 } : {};
      scene.cloud.control.addFault({ service: 'cph', operation, kind, times: 1, ...limit });

      const { report, phones } = await restore(scene, { targets: [{ phone: phone_id }] });

      expect(phones).toMatchObject([{ outcome: 'restored' }]);
      const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
      expect(took).toBeLessThan(minutes * MINUTE);
      expect(await filesOf(scene, phone_id)).toEqual(before);
    },
  );

  it('restores nothing to a phone whose export before it failed', async () => {
    const scene = await backedUp();
    const { phone_id } = scene.fleet[0]!;
    const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' as const };
    scene.cloud.control.addFault({ ...fault, code: 'CPS.0107', phones: [phone_id] });

    const { phones } = await restore(scene, { targets: [{ phone: phone_id }] });

    expect(phones).toMatchObject([
      { outcome: 'failed', reason: 'safety_export_failed', code: 'CPS.0107' },
    ]);
    expect(scene.cloud.control.calls().cph?.['batch-restore']?.ok).toBe(0);
  });
});
