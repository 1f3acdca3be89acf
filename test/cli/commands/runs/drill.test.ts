import { describe, expect, it } from 'vitest';
import type { PolicyStatus } from '../../../../lib/run/query/schemas/policy.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { withPolicy } from '../../support/with-runs.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

/** A fleet that `nightly` has exported, and a scratch phone for its drills. */
async function drillable() {
  const cli = await withPolicy({ phones: 5 });
  const { control } = cli.night.cloud;
  const [scratch] = (await control.phones()).filter(({ status }) => status === 2);
  const id = scratch?.phone_id ?? '';
  const policy = (select: string) =>
    cli.night.putPolicy(`${NIGHTLY.replace('{ name: "*" }', select)}drill:
  schedule: { cron: "0 0 6 ? * Sun", timezone: UTC }
  target: ["${id}"]
`);
  await policy(`{ name: "*", exclude: { phones: ["${id}"] } }`);
  await cli.night.tick();
  await cli.night.settle(await cli.night.requestRun());
  const statusOf = async () => {
    const { out } = await cli.run('status', '--json');
    const { policies } = JSON.parse(out) as { policies: PolicyStatus[] };
    return policies[0];
  };
  return { ...cli, control, id, policy, statusOf };
}

describe('drill', () => {
  it('restores an archive to the scratch phone, and says that the drill passed', async () => {
    const cli = await drillable();
    await cli.control.wipe(cli.id, '/data');
    const { code, out } = await cli.run('drill', 'nightly');
    expect(out).toMatch(/Run restore-[0-9a-f]{24}: completed\nDrill of nightly: passed within/);
    expect(code).toBe(0);
    expect((await cli.control.files(cli.id))?.some(({ path }) => path.startsWith('/data/'))).toBe(
      true,
    );
    expect((await cli.statusOf())?.drill).toMatchObject({ state: 'passed' });
    expect((await cli.run('status', '--check')).out).toMatch(/drill +passed/);
    const runId = /restore-[0-9a-f]{24}/.exec(out)?.[0] ?? '';
    expect((await cli.run('runs', 'show', runId)).out).toMatch(/drill +Drill of nightly: passed/);
  });

  it('fails without a call when the policy selects the scratch phone, and status says so', async () => {
    const cli = await drillable();
    await cli.policy('{ name: "*" }');
    const { code, out } = await cli.run('drill', 'nightly');
    expect(out).toContain('drill_target_selected');
    expect(out).toContain('Drill of nightly: failed');
    expect(code).toBe(1);
    expect(cli.control.calls().cph?.['batch-restore']).toMatchObject({ ok: 0 });
    expect((await cli.statusOf())?.drill).toMatchObject({ state: 'failed', last_passed: null });
    const status = await cli.run('status', '--check');
    expect(status.code).toBe(1);
    expect(status.out).toMatch(/drill +FAILED/);
    const [message] = (await cli.control.messages()).slice(-1);
    expect(message?.subject).toContain('restore drill failed');
  });

  it.each([
    [['drill', 'weekly'], 'policy weekly does not exist'],
    [['drill', 'nightly', '--drive', '--no-wait'], '--drive and --no-wait exclude each other'],
  ])('refuses %j', async (args, text) => {
    const cli = await drillable();
    const { code, err } = await cli.run(...args);
    expect(err).toContain(text);
    expect(code).toBeGreaterThan(0);
  });

  it('refuses a policy without a drill', async () => {
    const cli = await withPolicy();
    const { code, err } = await cli.run('drill', 'nightly');
    expect([code, err]).toEqual([1, expect.stringContaining('policy nightly has no drill')]);
  });
});
