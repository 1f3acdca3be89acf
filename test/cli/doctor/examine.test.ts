import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../cli/doctor/examine.ts';
import { doctorNight } from '../support/doctor-night.ts';

describe('examine', () => {
  it('prints all checks as JSON, whatever fails', async () => {
    const names = (checks: { check: string }[]) => [...new Set(checks.map(({ check }) => check))];
    const good = await doctorNight();
    expect(names((await good.doctor()).checks)).toEqual(checkNames);
    const unset = await doctorNight({ bare: true, env: { PHONEVAULT_REGION: '' } });
    expect(names((await unset.doctor()).checks)).toEqual(checkNames);
    const locked = await doctorNight({ bare: true, env: { HUAWEICLOUD_SDK_SK: 'wrong' } });
    expect(names((await locked.doctor()).checks)).toEqual(checkNames);
  });

  it('names invalid settings, and skips all other checks', async () => {
    const env = { PHONEVAULT_REGION: '', PHONEVAULT_BUCKET: 'a..b' };
    const cli = await doctorNight({ bare: true, env });
    const { code, checks } = await cli.doctor();
    const settings = checks.find(({ check }) => check === 'settings');
    expect(code).toBe(1);
    expect(settings).toMatchObject({ outcome: 'failed' });
    expect(settings?.message).toContain('PHONEVAULT_REGION is missing');
    expect(settings?.message).toContain('PHONEVAULT_BUCKET is "a..b"');
    expect(checks.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(
      checkNames.length - 3,
    );
  });

  it('tries refused keys once, so that they are not locked', async () => {
    const SECRET = 'not-the-secret-key';
    const cli = await doctorNight({ bare: true, env: { HUAWEICLOUD_SDK_SK: SECRET } });
    const calls = () => cli.night.cloud.control.calls();
    const { code, checks } = await cli.doctor();
    // The endpoints check calls OBS without a signature, which OBS refuses.
    const refused = Object.entries(calls()).flatMap(([service, operations]) =>
      service === 'obs' ? [] : Object.values(operations).map((one) => one.refused),
    );
    expect(code).toBe(1);
    expect(checks.find(({ check }) => check === 'credentials')).toMatchObject({
      outcome: 'failed',
      fix: expect.stringContaining('HUAWEICLOUD_SDK_AK') as string,
    });
    expect(checks.find(({ check }) => check === 'access_obs')?.outcome).toBe('skipped');
    expect(calls()['obs']?.['HeadBucket']).toBeUndefined();
    expect(refused.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(JSON.stringify(checks)).not.toContain(SECRET);
  });

  it('reports missing credentials', async () => {
    const env = {
      HUAWEICLOUD_SDK_AK: '',
      HUAWEICLOUD_SDK_SK: '',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: '',
    };
    const cli = await doctorNight({ bare: true, env });
    const { outcome, fix } = await cli.finding('credentials');
    expect(outcome).toBe('failed');
    expect(fix).toContain('HUAWEICLOUD_SDK_AK');
  });
});
