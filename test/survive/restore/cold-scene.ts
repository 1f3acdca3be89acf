import { expect } from 'vitest';
import { backedUp, filesOf } from './backed-up.ts';

/** A wiped fleet whose archives were moved to COLD. */
export async function cold(options: Parameters<typeof backedUp>[0] = { phones: 2, servers: 1 }) {
  const scene = await backedUp(options);
  const { control } = scene.cloud;
  const before = new Map<string, unknown>();
  for (const { phone_id } of scene.fleet) before.set(phone_id, await filesOf(scene, phone_id));
  for (const { key } of scene.exports) {
    await control.changeClass({ bucket: scene.cloud.bucket, key, storage_class: 'GLACIER' });
  }
  for (const { phone_id } of scene.fleet) {
    await control.wipe(phone_id, '/data');
    await control.putFile(phone_id, { path: '/data/media/0/new.txt', text: 'new' });
  }
  const targets = scene.fleet.map(({ phone_id }) => ({ phone: phone_id }));
  const deny = (): void =>
    void scene.cloud.obs.traits.set(scene.cloud.bucket, {
      denied: [{ action: 'RestoreObject', keys: scene.fleet[0]!.phone_id }],
    });
  const calls = () => scene.cloud.control.calls().obs?.['RestoreObject'] ?? { ok: 0, refused: 0 };
  const expectRestored = async (): Promise<void> => {
    for (const { phone_id } of scene.fleet) {
      const files = await filesOf(scene, phone_id);
      expect(files?.filter(({ path }) => !path.endsWith('/new.txt'))).toEqual(before.get(phone_id));
    }
  };
  return { ...scene, targets, deny, calls, expectRestored };
}
