import { describe, expect, it } from 'vitest';
import { requestDrill } from '../../../lib/run/request/request-drill.ts';
import { night } from '../../../testing/night.ts';
import { ALL_DATA } from './backed-up.ts';

const SAVE = '/data/data/com.example.game/save.db';

/** A drill of a fleet whose phones all hold SAVE. */
async function drilled(check: string, { isCold = false } = {}) {
  const scene = await night({ phones: 4, servers: 2, seed: 3 });
  const { control } = scene.cloud;
  const running = (await control.phones()).filter(({ status }) => status === 2);
  const scratch = running[0]?.phone_id ?? '';
  for (const { phone_id } of running) await control.putFile(phone_id, { path: SAVE, text: 'x' });
  const select = `{ name: "*", exclude: { phones: ["${scratch}"] } }`;
  await scene.putPolicy(`${ALL_DATA.replace('{ name: "*" }', select)}drill:
  schedule: { cron: "0 0 6 * * *", timezone: UTC }
  target: ["${scratch}"]
  ${check}
`);
  await scene.settle(await scene.requestRun());
  await control.wipe(scratch, '/data');
  for (const { key } of isCold ? scene.exports : []) {
    await control.changeClass({ bucket: scene.cloud.bucket, key, storage_class: 'GLACIER' });
  }
  const { deps } = scene.invocation();
  const { runId } = await requestDrill(deps, { policy: 'nightly', token: 't' });
  const { report, phones } = await scene.settle(runId, 60);
  const messages = await control.messages();
  return { report, phone: phones[0], message: JSON.stringify(messages.at(-1)) };
}

it('makes an archive in a cold storage class readable, and drills it', async () => {
  const { report, phone } = await drilled(`check: "ls ${SAVE}"`, { isCold: true });
  expect(report.drill).toMatchObject({ verdict: 'passed' });
  expect(phone).toMatchObject({ outcome: 'restored' });
});

describe('a drill with a check of its own', () => {
  it.each([`check: "ls ${SAVE}"`, 'check: getprop ro.build.version.release\n  answer: "."'])(
    'passes when its phone answers as wanted: %s',
    async (check) => {
      const { report, phone } = await drilled(check);
      expect(report.drill).toMatchObject({ verdict: 'passed' });
      expect(phone).toMatchObject({ outcome: 'restored' });
    },
  );

  it.each([
    ['check: ls /data/data/com.example.other', 'CPS.0191'],
    [`check: "ls ${SAVE}"\n  answer: other.db`, undefined],
  ])('fails, and says so, when it does not: %s', async (check, code) => {
    const { report, phone, message } = await drilled(check);
    expect(report.drill).toMatchObject({ verdict: 'failed' });
    expect(phone).toMatchObject({ outcome: 'failed', reason: 'check_failed' });
    expect(phone?.code).toBe(code);
    expect(message).toContain('the check of the drill failed');
  });
});
