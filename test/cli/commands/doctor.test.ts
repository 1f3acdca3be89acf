import { describe, expect, it } from 'vitest';
import { doctorNight } from '../support/doctor-night.ts';

describe('doctor', () => {
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
});
