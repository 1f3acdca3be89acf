import { describe, expect, it } from 'vitest';
import { readDrills } from '../../lib/ledger/state/drills.ts';
import { NIGHTLY, night } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const HOUR = 60 * 60_000;

/** A fleet that was exported, and a drill of it that is due, to a phone that the policy does not select. */
async function drilledFleet() {
  const scene = await night({ phones: 5, servers: 2, seed: 5 });
  const { control } = scene.cloud;
  const running = (await control.phones()).filter(({ status }) => status === 2);
  const scratch = running[0]?.phone_id ?? '';
  const text = NIGHTLY.replace('[/data/data]', '[/data]').replace(/ {2}exclude.*\n/, '');
  const select = `{ name: "*", exclude: { phones: ["${scratch}"] } }`;
  await scene.putPolicy(
    `${text.replace('{ name: "*" }', select)}drill:
  schedule: { cron: "0 0 * * * *", timezone: UTC }
  target: ["${scratch}"]
`,
  );
  const filesOf = async (id: string) =>
    (await control.files(id))?.filter(({ path }) => path.startsWith('/data/'));
  await scene.tick();
  await scene.settle(await scene.requestRun());
  for (const { phone_id } of running) await control.wipe(phone_id, '/data');
  scene.clock.move(HOUR - (scene.clock.now() % HOUR));
  const [runId = ''] = await scene.tick();
  return { ...scene, control, running, scratch, filesOf, runId };
}

const CALLS = [1, 12, 20, 36, 44];

describe('a drill whose drive is killed', () => {
  it.each(CALLS.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
    'at call %i, %s it is carried out, ends as one that was not',
    async (call, when) => {
      const scene = await drilledFleet();
      const { store } = scene.invocation().deps;
      const sent = (await scene.control.messages()).length;
      await scene.driveKilled(call, when);
      scene.clock.move(2 * 60_000);
      const { report, phones } = await scene.settle(scene.runId, 90);

      expect(report).toMatchObject({
        ...{ kind: 'restore', outcome: 'completed' },
        drill: { policy: 'nightly', verdict: 'passed' },
      });
      expect(report.drill?.seconds).toBeGreaterThan(0);
      expect(phones).toMatchObject([{ phone_id: scene.scratch, outcome: 'restored' }]);
      // No other phone was touched.
      for (const { phone_id } of scene.running) {
        const files = (await scene.filesOf(phone_id)) ?? [];
        expect(files.length > 0, phone_id).toBe(phone_id === scene.scratch);
      }
      expect((await readDrills(store, 'nightly'))?.last.verdict).toBe('passed');
      const messages = (await scene.control.messages()).slice(sent);
      expect(messages.map(({ subject }) => subject).join()).toMatch(/restore drill passed/);
    },
  );
});
