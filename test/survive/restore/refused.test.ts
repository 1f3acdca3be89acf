import { describe, expect, it } from 'vitest';
import { backedUp, request, restore } from './backed-up.ts';

const byVersion = (image: string): number => Number(image.replace('AOSP ', ''));

/** Restores, and returns the phones with how many of them CPH was asked to restore. */
async function refused(
  order: (scene: Awaited<ReturnType<typeof backedUp>>) => Parameters<typeof restore>[1],
  before: (scene: Awaited<ReturnType<typeof backedUp>>) => Promise<unknown> = async () => {},
) {
  const scene = await backedUp({ phones: 6, servers: 2 });
  await before(scene);
  const { phones } = await restore(scene, order(scene));
  const { ok = 0, refused: no = 0 } = scene.cloud.control.calls().cph?.['batch-restore'] ?? {};
  return { phones, calls: ok + no };
}

describe('a phone that cannot be restored is named with the reason, and CPH is not asked', () => {
  it('when the archive is of a newer Android', async () => {
    const { phones, calls } = await refused(({ fleet }) => {
      const sorted = [...fleet].sort(
        (a, b) => byVersion(a.image_version) - byVersion(b.image_version),
      );
      const [oldest, newest] = [sorted[0]!, sorted.at(-1)!];
      expect(byVersion(oldest.image_version)).toBeLessThan(byVersion(newest.image_version));
      return { targets: [{ phone: oldest.phone_id, source: newest.phone_id }] };
    });
    expect(phones).toMatchObject([{ outcome: 'failed', reason: 'older_android' }]);
    expect(calls).toBe(0);
  });

  it('when two archives are meant for it', async () => {
    const { phones, calls } = await refused(({ fleet }) => ({
      targets: fleet
        .slice(1, 3)
        .map(({ phone_id: source }) => ({ phone: fleet[0]!.phone_id, source })),
    }));
    expect(phones).toMatchObject([{ outcome: 'failed', reason: 'two_sources' }]);
    expect(calls).toBe(0);
  });

  it('when it has no archive', async () => {
    const { phones, calls } = await refused(
      (scene) => {
        const known = new Set(scene.fleet.map(({ phone_id }) => phone_id));
        const added = [...scene.cloud.world.fleet.phones.keys()].filter((id) => !known.has(id));
        return { targets: added.slice(-1).map((phone) => ({ phone })) };
      },
      (scene) => scene.cloud.control.createPhones(1),
    );
    expect(phones).toMatchObject([{ outcome: 'failed', reason: 'no_archive' }]);
    expect(calls).toBe(0);
  });

  it('when it is stopped, while the others are restored', async () => {
    const scene = await backedUp();
    const [stopped, other] = scene.fleet;
    await scene.cloud.control.setStatus(stopped!.phone_id, 8);
    const targets = [stopped!, other!].map(({ phone_id }) => ({ phone: phone_id }));
    const { phones } = await scene.settle(await request(scene, { targets }));
    const outcomes = new Map(
      phones.map(({ phone_id, outcome, reason }) => [phone_id, [outcome, reason]]),
    );
    expect(outcomes.get(stopped!.phone_id)).toEqual(['skipped', 'stopped']);
    expect(outcomes.get(other!.phone_id)?.[0]).toBe('restored');
    expect(scene.cloud.control.calls().cph?.['batch-restore']?.ok).toBe(1);
  });
});
