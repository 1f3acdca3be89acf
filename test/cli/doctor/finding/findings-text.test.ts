import { describe, expect, it } from 'vitest';
import { doctorNight } from '../../support/doctor-night.ts';
import { englishIn } from '../../support/prose.ts';

describe('the text of findings', () => {
  it('prints a line a check, and exits with 0 when nothing failed', async () => {
    const cli = await doctorNight();
    const before = cli.night.writes.length;
    const { code, out } = await cli.run('doctor');
    const lines = out.split('\n');
    expect(code).toBe(0);
    expect(lines).toContain('ok       bucket phonevault-demo: a plain object bucket in cn-north-4');
    expect(lines.at(-1)).toBe('Nothing failed: 2 unknown, 2 skipped, 25 ok.');
    expect(cli.night.writes.length).toBe(before);
  });

  it('prints the fix below a failed check, and exits with 1', async () => {
    const cli = await doctorNight({ bare: true });
    const { code, out } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^failed {3}function: no function of stage prod is deployed.*\n +fix: in a checkout: npx serverless deploy/m,
    );
    expect(out).toMatch(/\n1 failed, 2 warnings, .*\nFix first: function: no function/);
  });

  it('prints the cause in place of the fix, and how many findings follow from it', async () => {
    const cli = await doctorNight();
    cli.io.env.PHONEVAULT_BUCKET = 'no-such-bucket';
    const { out } = await cli.run('doctor');
    expect(out).toMatch(/^failed {3}objects: .*\n +follows from: bucket no-such-bucket$/m);
    expect(out.split('\n').at(-1)).toMatch(
      /^Fix first: bucket no-such-bucket: .* \(\d other findings follow from it\)$/,
    );
  });

  it('speaks Chinese, with what a service said in English', async () => {
    const cli = await doctorNight({ bare: true });
    const { out } = await cli.run('doctor', '--lang', 'zh');
    expect(englishIn(out)).toEqual([]);
    expect(out).toMatch(/^正常 {4}settings：区域 cn-north-4，账本 obs:/m);
    expect(out).toMatch(/^失败 {4}function：没有部署.*\n +处理方法：在代码目录中/m);
    expect(out).toMatch(/\n1 项失败，2 项警告，.*\n首先处理：function：/);
  });

  it('exits with 0 when there are only warnings', async () => {
    const cli = await doctorNight();
    cli.night.cloud.obs.traits.set('phonevault-demo', { versioning: 'Enabled' });
    const { code, out } = await cli.run('doctor');
    expect(code).toBe(0);
    expect(out.split('\n').at(-1)).toMatch(/^Nothing failed: 1 warning, /);
  });

  it('fits a narrow window', async () => {
    const cli = await doctorNight({ bare: true, io: { columns: 60 } });
    const { out } = await cli.run('doctor');
    const longest = Math.max(...out.split('\n').map((line) => line.length));
    // The project's id and a place in the bucket are words that cannot be broken.
    expect(longest).toBeLessThanOrEqual(75);
  });
});
