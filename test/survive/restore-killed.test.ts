import { describe, expect, it } from 'vitest';
import { requestRestore } from '../../lib/run/request/request-restore.ts';
import { night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

/** A fleet that was exported and wiped, and the request to restore it. */
async function wiped() {
  const scene = await night({ phones: 4, servers: 2, seed: 5 });
  await scene.putPolicy(NIGHTLY.replace('[/data/data]', '[/data]').replace(/ {2}exclude.*\n/, ''));
  await scene.settle(await scene.requestRun());
  const { control } = scene.cloud;
  const fleet = (await control.phones()).filter(({ status }) => status === 2);
  const filesOf = async (id: string) =>
    (await control.files(id))?.filter(({ path }) => path.startsWith('/data/'));
  const before = new Map<string, unknown>();
  for (const { phone_id } of fleet) {
    before.set(phone_id, await filesOf(phone_id));
    await control.wipe(phone_id, '/data/data');
    await control.putFile(phone_id, { path: '/data/data/com.example.game/broken', text: 'x' });
  }
  const { deps } = scene.invocation();
  const { runId } = await requestRestore(deps, {
    ...{ token: 't1', trigger: 'manual' },
    order: {
      targets: fleet.map(({ phone_id }) => ({ phone: phone_id })),
      ...{ safety_export: true, restart: true },
    },
  });
  return { ...scene, fleet, filesOf, before, runId };
}

const CALLS = [1, 6, 14, 22, 30, 40, 52, 70, 90];

describe('a restore whose drive is killed', () => {
  it.each(CALLS.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
    'at call %i, %s it is carried out, ends as one that was not',
    async (call, when) => {
      const scene = await wiped();
      await scene.driveKilled(call, when);
      // The lease of the killed drive expires.
      scene.clock.move(2 * 60_000);

      const { report, phones } = await scene.settle(scene.runId, 90);

      expect(report).toMatchObject({ kind: 'restore', outcome: 'completed' });
      for (const { phone_id, outcome, saved } of phones) {
        expect([outcome, typeof saved]).toEqual(['restored', 'string']);
        const files = (await scene.filesOf(phone_id)) as { path: string }[];
        // The embedded cloud merges: what the archive lacks stays.
        const own = files.filter(({ path }) => !path.endsWith('/broken'));
        expect(own).toEqual(scene.before.get(phone_id));
      }
      const status = (await scene.cloud.control.phones()).map((phone) => phone.status);
      expect(status.filter((one) => one === 2)).toHaveLength(scene.fleet.length);
    },
  );
});
