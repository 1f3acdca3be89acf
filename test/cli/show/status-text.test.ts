import { describe, expect, it } from 'vitest';
import type { PhoneBackup, PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

const DAY = 86_400_000;

describe('the text of status', () => {
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
    expect(list.out).toMatch(
      new RegExp(`${broken?.phone_name} +nightly +never .* CPH could not write to OBS .CPS.0107.`),
    );
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

  it('fits a narrow window', async () => {
    const cli = await cliNight({ io: { columns: 40 } });
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    const { out } = await cli.run('status');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});
