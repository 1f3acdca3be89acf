import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { PhoneBackup, PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const DAY = 86_400_000;

describe('status', () => {
  it("shows the last good run and the next slot, in the policy's zone and the reader's", async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const runId = await cli.night.requestRun();
    await cli.night.settle(runId);

    const { code, out } = await cli.run('status');

    expect(code).toBe(0);
    expect(out).toContain('nightly  active, fresh');
    expect(out).toMatch(
      new RegExp(`last good run +2026-01-01 19:\\d\\d:\\d\\d \\+01:00 .* ${runId}`),
    );
    expect(out).toMatch(/next slot +2026-01-03 02:30:00 \+08:00 Asia\/Shanghai/);
    expect(out).toMatch(/your time +2026-01-02 19:30:00 \+01:00 Europe\/Berlin/);
  });

  it('shows the hooks of one policy, and on which phones they failed in its last run', async () => {
    const cli = await cliNight({ phones: 2, servers: 1 });
    await cli.night.putPolicy(`${NIGHTLY}hooks: { before: [sync], on_error: continue }\n`);
    const fault = { kind: 'error', status: 403, code: 'APIGW.0302' } as const;
    cli.night.cloud.control.addFault({ service: 'cph', operation: 'commands', ...fault });
    await cli.night.settle(await cli.night.requestRun());

    expect((await cli.run('status', 'nightly')).out).toMatch(
      /\n +before export +sync\n[^]*\n\nHook failed on game-000[12]: "sync" was refused APIGW\.0302/,
    );
    expect((await cli.run('status')).out).not.toContain('Hook failed');
    const { policies } = JSON.parse((await cli.run('status', '--json')).out) as {
      policies: PolicyStatus[];
    };
    expect(policies[0]?.hooks).toEqual({ before: ['sync'], after: [] });
  });

  it('highlights stale and invalid policies, and exits with 1 only with --check', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy('name: broken\n', 'broken');
    await cli.night.tick();
    await cli.night.settle(await cli.night.requestRun());
    cli.night.clock.move(4 * DAY);
    cli.renew();

    const text = await cli.run('status');
    const check = await cli.run('status', '--check', '--json');

    expect(text.code).toBe(0);
    expect(text.out).toContain('nightly  active, STALE');
    expect(text.out).toContain('broken  INVALID');
    expect(text.out).toMatch(/\n {2}error +/);
    expect(text.out).toContain('Stale, invalid or unreadable: broken, nightly');
    expect(check.code).toBe(1);
    const { policies } = JSON.parse(check.out) as { policies: PolicyStatus[] };
    expect(policies.map(({ policy, state }) => [policy, state])).toEqual([
      ['broken', 'invalid'],
      ['nightly', 'active'],
    ]);
  });

  it('exits with 0 with --check when no policy needs attention', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    expect(await cli.run('status', '--check')).toMatchObject({ code: 0 });
  });

  it('names open runs', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const runId = await cli.night.requestRun();
    expect((await cli.run('status')).out).toMatch(new RegExp(`open runs +${runId}`));
  });

  it("lists each phone's last archive, optionally of one policy", async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const { report } = await cli.night.settle(await cli.night.requestRun());

    const text = await cli.run('status', '--phones');
    const json = await cli.run('status', '--phones', 'nightly', '--json');
    await cli.night.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    const other = await cli.run('status', '--phones', 'weekly');
    await cli.night.invocation().deps.store.remove([layout.policy('nightly')]);
    const deleted = await cli.run('status', '--phones', 'nightly', '--json');

    const { phones } = JSON.parse(json.out) as { phones: PhoneBackup[] };
    expect(phones).toHaveLength(report.counts.exported);
    for (const { phone_name, key } of phones) {
      expect(text.out).toMatch(
        new RegExp(`${phone_name} +nightly .* KB .*obs://phonevault-demo/${key}`),
      );
    }
    expect(other).toMatchObject({
      code: 0,
      out: '',
      err: 'no phones and no verified archive yet of policy weekly',
    });
    const left = JSON.parse(deleted.out) as { phones: PhoneBackup[] };
    expect(left.phones.map(({ key, state }) => [key, state])).toEqual(
      phones.map(({ key }) => [key, 'not_selected']),
    );
  });

  it('names a part of the phone index that cannot be used, and lists the rest', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const { report } = await cli.night.settle(await cli.night.requestRun());
    await cli.night.invocation().deps.store.put('phones/nightly/0000000000001.p.json', 'broken');
    const text = await cli.run('status', '--phones');
    const json = await cli.run('status', '--phones', '--json');
    expect(text.out).toMatch(
      /obs:\/\/phonevault-demo\/[^]*unreadable +phones\/nightly\/0000000000001.p.json is not JSON/,
    );
    const found = JSON.parse(json.out) as { phones: PhoneBackup[]; unreadable: object[] };
    expect(found.phones).toHaveLength(report.counts.exported);
    expect(found.unreadable).toMatchObject([
      { key: 'phones/nightly/0000000000001.p.json', code: 'object_invalid' },
    ]);
  });

  it('fails with policy_not_found for archives of a policy that never existed', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const { code, out } = await cli.run('status', '--phones', 'nightyl', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'policy_not_found', hint: 'did you mean nightly?' },
    });
  });

  it('explains an empty bucket', async () => {
    const cli = await cliNight();
    const { code, err } = await cli.run('status');
    expect(code).toBe(0);
    expect(err).toContain(
      'no policies yet; upload one to obs://phonevault-demo/phonevault/policies/<name>.yaml',
    );
  });
});
