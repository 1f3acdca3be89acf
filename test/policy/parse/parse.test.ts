import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { context, errorsOf, NIGHTLY, nightlyWith, paths, SMALLEST } from '../support/errors.ts';

describe('a valid policy', () => {
  test('is parsed with durations in milliseconds', () => {
    expect(parsePolicy(NIGHTLY, context)).toEqual({
      ok: true,
      policy: {
        name: 'nightly',
        enabled: true,
        schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 7_200_000 },
        select: {
          server_tags: { env: ['prod'] },
          name: 'game-*',
          exclude: { phones: ['0123456789abcdef0123456789abcdef'] },
          max_phones: 5000,
        },
        export: {
          include: ['/data/data', '/data/media/0'],
          exclude: ['/data/data/com.example.cache'],
          characters: 'common',
          bucket: 'my-phone-backups',
          object_path: '{policy}/{date}',
        },
        deadline: 7_200_000,
        export_timeout: 3_600_000,
        wait_for_phones: 600_000,
        max_in_flight_per_server: 4,
        retry: { attempts: 2 },
        objective: { phones: 90 },
        on_provisioned: true,
        notify: { when: 'always', language: 'en' },
      },
    });
  });

  test('needs only name, select and export', () => {
    expect(parsePolicy(SMALLEST, context)).toEqual({
      ok: true,
      policy: {
        name: 'nightly',
        enabled: true,
        select: { name: '*', max_phones: 5000 },
        export: {
          include: ['/data'],
          exclude: [],
          characters: 'common',
          bucket: 'bbb',
          object_path: '{policy}/{date}',
        },
        deadline: 7_200_000,
        export_timeout: 3_600_000,
        wait_for_phones: 600_000,
        max_in_flight_per_server: 'auto',
        retry: { attempts: 2 },
        objective: { phones: 90 },
        on_provisioned: false,
        notify: { when: 'always', language: 'en' },
      },
    });
  });

  test.each([
    ['a byte order mark', `\uFEFF${NIGHTLY}`],
    ['CRLF', NIGHTLY.replaceAll('\n', '\r\n')],
    ['a document start and comments', `# mine\n---\n${NIGHTLY}# end\n`],
    [
      'JSON instead of YAML',
      JSON.stringify({
        name: 'nightly',
        select: { name: '*' },
        export: { include: ['/data'], bucket: 'bbb' },
      }),
    ],
    ['paused_until', `${NIGHTLY}paused_until: 2026-01-31T08:00:00+08:00\n`],
    [
      'an export timeout as long as the deadline',
      nightlyWith('export_timeout: 1h', 'export_timeout: 2h'),
    ],
    [
      'the shortest and the longest durations',
      nightlyWith('deadline: 2h', 'deadline: 7d')
        .replace('start_within: 2h', 'start_within: 1s')
        .replace('wait_for_phones: 10m', 'wait_for_phones: 0s'),
    ],
    [
      'ten tags',
      nightlyWith('env: [prod]', Array.from('abcdefghij', (key) => `${key}: []`).join(', ')),
    ],
    [
      'no schedule',
      nightlyWith(
        'schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai, start_within: 2h }\n',
        '',
      ),
    ],
    ['a tag key with any value', nightlyWith('[prod]', '[]')],
    ['tags in other scripts', nightlyWith('env: [prod]', '"环境 a_.:=+-@": ["生产"]')],
    ['a tag named constructor', nightlyWith('env: [prod]', 'constructor: [prod]')],
    [
      'the bucket of the ledger, outside its prefix',
      nightlyWith('my-phone-backups', 'phonevault-state'),
    ],
  ])('is valid with %s', (_, text) => {
    expect(errorsOf(text)).toEqual([]);
  });

  test.each([
    ['30m', 1_800_000, 600_000],
    ['10m', 600_000, 300_000],
  ])('with a deadline of %s has shorter default timeouts', (deadline, timeout, wait) => {
    expect(parsePolicy(`${SMALLEST}deadline: ${deadline}\n`, context)).toMatchObject({
      ok: true,
      policy: { export_timeout: timeout, wait_for_phones: wait },
    });
  });
});

describe('a file that is too large', () => {
  test('rejects a file of more than 256 KB before parsing', () => {
    const over = '#'.repeat(256 * 1024 + 1);
    expect(errorsOf(over)[0]).toMatchObject({ found: '262145 bytes' });
    expect(errorsOf(over.slice(1))[0]?.message).toContain('no policy');
  });

  test('measures size in bytes, not characters', () => {
    expect(errorsOf('é'.repeat(128 * 1024 + 1))[0]?.found).toBe('262146 bytes');
  });
});

describe('all errors of a file', () => {
  const broken = `
nmae: nightly
select:
  phones: [a, a, "b c"]
  exclude: { name: "x{" }
export:
  include: [/data/ok, /sdcard, 5, *alias, /data/no//way]
  exclude: [/data/no]
  bucket: my..bucket
  object_path: "/{polcy}"
deadline: soon
export_timeout: 3h
enabled: true
enabled: false
`.trimStart();

  test('are reported in the order of the file', () => {
    const errors = errorsOf(broken);
    expect(paths(errors)).toEqual([
      'name',
      'nmae',
      'select.phones[1]',
      'select.phones[2]',
      'select.exclude.name',
      'export.include[1]',
      'export.include[2]',
      'export.include[3]',
      'export.include[4]',
      'export.bucket',
      'export.object_path',
      'export.object_path',
      'deadline',
      'enabled',
    ]);
    const lines = errors.map(({ line }) => line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('are limited to the first 200', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `"no id ${n}"`).join(', ');
    const errors = errorsOf(nightlyWith('0123456789abcdef0123456789abcdef', ids));
    expect(errors).toHaveLength(200);
    expect(errors[199]?.path).toBe('select.exclude.phones[199]');
  });
});
