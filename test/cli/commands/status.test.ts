import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { writeUnreadable } from '../../../lib/ledger/state/unreadable.ts';
import type { PhoneBackup, PolicyStatus } from '../../../lib/run/query/schemas.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight, denyGet } from '../support/cli-night.ts';

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

  it('shows the other policies, and which object cannot be read, since when and what to do', async () => {
    const cli = await cliNight({ io: { columns: 80 } });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(NIGHTLY.replace('name: nightly', 'name: weekly'), 'weekly');
    const { store } = cli.night.invocation().deps;
    const rests = {
      code: 'object_unreadable',
      message: 'open/x.json cannot be read: 500',
      attempts: 1,
    };
    const now = cli.night.clock.now();
    const times = { since: now - DAY, tried_at: now, retry_at: now + 60_000 };
    await writeUnreadable(store, new Map([['open/x.json', { ...rests, ...times }]]));
    denyGet(cli, '/policies/weekly.yaml');

    const { code, out } = await cli.run('status');
    const check = await cli.run('status', '--check', '--json');

    expect(code).toBe(0);
    expect(out).toContain('nightly  active, no backup yet');
    expect(out).toContain('weekly  UNREADABLE');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /unreadable open\/x.json cannot be read: 500 since .* \(1 d ago\) next try .* \(in 1 min\) unreadable policies\/weekly.yaml cannot be read: .* AccessDenied \(HTTP 403, request 00A1\) fix Grant the functions' agency obs:object:GetObject/,
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(check.code).toBe(1);
    expect(JSON.parse(check.out)).toMatchObject({
      policies: [{ policy: 'nightly' }, { policy: 'weekly', state: 'unreadable' }],
      unreadable: [
        { key: 'open/x.json', since: new Date(now - DAY).toISOString() },
        { key: 'policies/weekly.yaml', since: null, retry_at: null },
      ],
    });
  });

  it('shows paused and disabled policies as needing no attention', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(`${NIGHTLY}paused_until: "2026-01-05T00:00:00+08:00"\n`);
    await cli.night.putPolicy(NIGHTLY.replace('name: nightly', 'name: off\nenabled: false'), 'off');
    await cli.night.tick();
    cli.night.clock.move(2 * DAY);
    cli.renew();

    const { code, out } = await cli.run('status', '--check');
    const { policies } = JSON.parse((await cli.run('status', '--json')).out) as {
      policies: PolicyStatus[];
    };

    expect(code).toBe(0);
    expect(out).toContain('nightly  paused');
    expect(out).toMatch(/paused +until 2026-01-04 17:00:00 \+01:00/);
    expect(out).toMatch(/next slot +2026-01-05 02:30:00 \+08:00 Asia\/Shanghai/);
    expect(out).toContain('off  disabled');
    expect(policies).toMatchObject([
      { policy: 'nightly', state: 'paused', paused_until: '2026-01-04T16:00:00.000Z' },
      { policy: 'off', state: 'disabled', next_slot: null },
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

  it('counts and lists phones that are late, were never backed up or cannot be exported', async () => {
    const cli = await cliNight();
    const { cloud } = cli.night;
    await cli.night.putPolicy(NIGHTLY);
    const [broken, stopped] = await cloud.control.phones();
    const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
    cloud.control.addFault({ ...fault, phones: [broken?.phone_id ?? ''], code: 'CPS.0107' });
    await cloud.control.setStatus(stopped?.phone_id ?? '', 8);
    const { report } = await cli.night.settle(await cli.night.requestRun());
    const { exported } = report.counts;

    const text = await cli.run('status');
    expect(text.out).toContain(`${exported} fresh, 1 never backed up, 1 not exportable`);
    expect(text.out).toMatch(/objective +90% of the phones within the last two slots/);
    const list = await cli.run('status', '--phones', 'nightly');
    expect(list.out).toMatch(new RegExp(`${broken?.phone_name} +nightly +never .* job_failed`));
    expect(list.out).toMatch(
      new RegExp(`${stopped?.phone_name} +nightly +not exportable .* stopped`),
    );
    const { out } = await cli.run('status', '--phones', 'nightly', '--json');
    const { phones } = JSON.parse(out) as { phones: PhoneBackup[] };
    expect(phones).toHaveLength(report.counts.selected);
    expect(phones[0]).toEqual({
      ...{ phone_id: broken?.phone_id, phone_name: broken?.phone_name, policy: 'nightly' },
      ...{ state: 'never', reason: 'job_failed', code: 'CPS.0107', verified_at: null },
    });
  });

  it('names a part of the phone index that cannot be used, and lists the rest', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const { report } = await cli.night.settle(await cli.night.requestRun());
    await cli.night.invocation().deps.store.put('phones/zz.json', 'broken');
    const text = await cli.run('status', '--phones');
    const json = await cli.run('status', '--phones', '--json');
    expect(text.out).toMatch(
      /obs:\/\/phonevault-demo\/[^]*unreadable +phones\/zz.json is not JSON/,
    );
    const found = JSON.parse(json.out) as { phones: PhoneBackup[]; unreadable: object[] };
    expect(found.phones).toHaveLength(report.counts.exported);
    expect(found.unreadable).toMatchObject([{ key: 'phones/zz.json', code: 'object_invalid' }]);
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

  it('fits a narrow window', async () => {
    const cli = await cliNight({ io: { columns: 40 } });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    const { out } = await cli.run('status');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});
