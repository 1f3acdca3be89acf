import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../cli/doctor/examine.ts';
import { doctorNight } from '../support/doctor-night.ts';

describe('doctor', () => {
  it('prints a line a check, and exits with 0 when nothing failed', async () => {
    const cli = await doctorNight();
    const before = cli.night.writes.length;
    const { code, out } = await cli.run('doctor');
    const lines = out.split('\n');
    expect(code).toBe(0);
    expect(lines).toContain('ok       bucket phonevault-demo: a plain object bucket in cn-north-4');
    expect(lines.at(-1)).toBe('Nothing failed: 2 unknown, 1 skipped, 25 ok.');
    expect(cli.night.writes.length).toBe(before);
  });

  it('prints the fix below a failed check, and exits with 1', async () => {
    const cli = await doctorNight({ bare: true });
    const { code, out } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^failed {3}function phonevault-prod-drive: is not deployed\n +fix: npx serverless deploy/m,
    );
    expect(out).toMatch(/\n2 failed, 2 warnings, /);
  });

  it('exits with 0 when there are only warnings', async () => {
    const cli = await doctorNight();
    cli.night.cloud.obs.traits.set('phonevault-demo', { versioning: 'Enabled' });
    const { code, out } = await cli.run('doctor');
    expect(code).toBe(0);
    expect(out.split('\n').at(-1)).toMatch(/^Nothing failed: 1 warning, /);
  });

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
    const env = { PHONEVAULT_REGION: '', PHONEVAULT_BUCKET: 'a.b' };
    const cli = await doctorNight({ bare: true, env });
    const { code, checks } = await cli.doctor();
    const settings = checks.find(({ check }) => check === 'settings');
    expect(code).toBe(1);
    expect(settings).toMatchObject({ outcome: 'failed' });
    expect(settings?.message).toContain('PHONEVAULT_REGION is missing');
    expect(settings?.message).toContain('PHONEVAULT_BUCKET is "a.b"');
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

  it.each([
    [['--phone', 'x'], '--phone needs --write'],
    [['--write', '--path', '/data/a'], '--path needs --phone'],
    [['--write', '--phone', 'x', '--path', '/etc/passwd'], 'below /data'],
    [['--write', '--phone', 'no phone'], 'is not the id of a phone'],
    [['--stage', 'Prod!'], 'a stage has'],
    [['something'], 'too many arguments'],
  ])('refuses %o', async (argv, text) => {
    const cli = await doctorNight({ bare: true });
    const { code, err } = await cli.run('doctor', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });

  it('prints no secret', async () => {
    const cli = await doctorNight();
    const { credentials } = cli.night.cloud;
    const { out, err } = await cli.run('doctor');
    for (const secret of [credentials.secretKey, credentials.securityToken, credentials.token]) {
      expect(out + err).not.toContain(secret);
    }
  });

  it('fits a narrow window', async () => {
    const cli = await doctorNight({ bare: true, io: { columns: 60 } });
    const { out } = await cli.run('doctor');
    const longest = Math.max(...out.split('\n').map((line) => line.length));
    // The project's id and a place in the bucket are words that cannot be broken.
    expect(longest).toBeLessThanOrEqual(75);
  });
});
