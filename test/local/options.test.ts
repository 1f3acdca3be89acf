import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../local/options.ts';

describe('parseOptions', () => {
  it('has a default for every option', () => {
    expect(parseOptions([], {})).toMatchObject({
      ok: true,
      options: { port: 0, phones: 60, servers: 3, seed: 1, speed: 1, region: 'cn-north-4' },
    });
  });

  it('reads numbers, switches and limits', () => {
    const args =
      '--port 8080 --phones=5 --speed 60.5 --switch edition=older --switch successStatus=201 --limit writesPerMinute=10 --data /tmp/x';
    expect(parseOptions(args.split(' '), {})).toMatchObject({
      ok: true,
      options: {
        port: 8080,
        phones: 5,
        speed: 60.5,
        data: '/tmp/x',
        switches: { edition: 'older', successStatus: 201 },
        limits: { writesPerMinute: 10 },
      },
    });
  });

  it('reads an object server with its keys', () => {
    const args = '--obs http://s3.localhost:7480/ --obs-access-key a';
    const env = {
      PHONEVAULT_LOCAL_OBS_SECRET_KEY: 'b/+=',
      PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN: 't',
      PHONEVAULT_LOCAL_PASSWORD: '',
    };
    expect(parseOptions(args.split(' '), env)).toMatchObject({
      ok: true,
      options: {
        obs: 'http://s3.localhost:7480',
        'obs-access-key': 'a',
        PHONEVAULT_LOCAL_OBS_SECRET_KEY: 'b/+=',
        PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN: 't',
      },
    });
  });

  it.each([
    [['--prot', '1'], 'prot'],
    [['extra'], 'extra'],
    [['--port'], 'port'],
    [['--port', '65536'], 'port'],
    [['--phones', '-1'], 'phones'],
    [['--phones', '1.5'], 'phones'],
    [['--servers', '0'], 'servers'],
    [['--speed', '0'], 'speed'],
    [['--conditional-put', 'maybe'], 'conditional-put'],
    [['--obs', 'localhost:7480'], 'obs'],
    [['--obs', 'http://example.com'], 'https'],
    [['--obs', 'https://example.com/bucket'], 'without a path'],
    [['--obs', 'http://user:secret@localhost:7480'], 'obs'],
    [
      ['--obs', 'http://localhost:7480', '--obs-access-key', 'a'],
      'PHONEVAULT_LOCAL_OBS_SECRET_KEY',
    ],
    [['--obs-access-key', 'a'], 'needs --obs'],
    ['--data x --obs http://[::1] --obs-access-key a'.split(' '), 'data'],
    [['--switch', 'edition=oldest'], 'edition'],
    [['--switch', 'unknown=1'], 'unknown'],
    [['--limit', 'writesPerMinute=0'], 'writesPerMinute'],
  ])('refuses %j and names the option', (args, name) => {
    const parsed = parseOptions(args, {});
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.errors).toContain(name);
  });

  it('refuses a password that is too short', () => {
    const parsed = parseOptions([], { PHONEVAULT_LOCAL_PASSWORD: 'short' });
    expect(parsed.ok ? '' : parsed.errors).toContain('PHONEVAULT_LOCAL_PASSWORD');
  });

  it.each([
    ['--password', 'PHONEVAULT_LOCAL_PASSWORD'],
    ['--obs-secret-key', 'PHONEVAULT_LOCAL_OBS_SECRET_KEY'],
    ['--obs-security-token', 'PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN'],
  ])(
    'takes no secret as the option %s, and names the variable without the secret',
    (option, name) => {
      for (const args of [[option, 'hunter2-hunter2'], [`${option}=hunter2-hunter2`]]) {
        const parsed = parseOptions(args, {});
        expect(parsed.ok ? '' : parsed.errors).toContain(name);
        expect(JSON.stringify(parsed)).not.toContain('hunter2');
      }
    },
  );
});
