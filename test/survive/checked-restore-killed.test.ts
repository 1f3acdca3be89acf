import { describe, expect, it } from 'vitest';
import { uidOf } from '../../local/cph/world/world.ts';
import { backedUp, request } from './restore/backed-up.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const EXTRA = '/data/data/com.example.game/extra.txt';
const CALLS = [20, 26, 30, 34, 40, 48, 60];

describe('a restore to another phone whose drive is killed', () => {
  it.each(CALLS.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
    'at call %i, %s it is carried out, tells leftovers and puts owners right all the same',
    async (call, when) => {
      const scene = await backedUp({ phones: 3, servers: 1 });
      const { control, world } = scene.cloud;
      const version = ({ image_version: image }: { image_version: string }): number =>
        Number(image.replace('AOSP ', ''));
      // An older Android takes no archive of a newer one.
      const [source, target] = [...scene.fleet].sort((one, other) => version(one) - version(other));
      const phone = target!.phone_id;
      await control.putFile(phone, { path: EXTRA, text: 'x' });
      const targets = [{ phone, source: source!.phone_id }];
      const runId = await request(scene, { targets, safety_export: false });
      await scene.driveKilled(call, when);
      // The lease of the killed drive expires.
      scene.clock.move(2 * MINUTE);

      const { phones } = await scene.settle(runId, 90);

      expect(phones).toMatchObject([{ outcome: 'restored', owners: { wrong: [] } }]);
      expect(phones[0]?.leftovers?.count).toBeGreaterThan(0);
      const known = world.fleet.phones.get(phone)!;
      const home = '/data/data/com.example.game';
      for (const path of known.files!.keys()) {
        if (!path.startsWith(`${home}/`)) continue;
        const needed = uidOf(world, { ...known, owners: new Map() }, path);
        expect(uidOf(world, known, path)).toBe(needed);
      }
    },
  );
});
