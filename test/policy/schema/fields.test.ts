import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { context, errorsOf, nightlyWith, paths } from '../support/errors.ts';

describe('an invalid value is reported once, at its field', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    ['name: nightly', 'name: Nightly', 'name', 'a-z, 0-9'],
    ['name: nightly', `name: ${'n'.repeat(33)}`, 'name', '1 to 32'],
    ['0 30 2 * * *', '0 30 2 * * 7', 'schedule.cron', 'day of week'],
    ['0 30 2 * * *', '30 2 * * *', 'schedule.cron', 'six fields'],
    ['0 30 2 * * *', '0 0 0 31 2,4 ?', 'schedule.cron', 'never fires'],
    ['0 30 2 * * *', '* 30 2 * * *', 'schedule.cron', '60 times a minute'],
    ['Asia/Shanghai', 'CST', 'schedule.timezone', 'not an IANA time zone'],
    ['Asia/Shanghai', 'Asia/Beijing', 'schedule.timezone', 'not an IANA time zone'],
    [', timezone: Asia/Shanghai', '', 'schedule.timezone', 'missing'],
    ['start_within: 2h', 'start_within: 8d', 'schedule.start_within', '1s to 7d'],
    ['enabled: true', 'paused_until: 2026-01-31', 'paused_until', 'with a UTC offset'],
    ['enabled: true', 'paused_until: 2026-02-30T00:00:00Z', 'paused_until', 'with a UTC offset'],
    ['enabled: true', 'paused_until: 2026-01-31T00:00:00', 'paused_until', 'with a UTC offset'],
    ['[0123456789abcdef0123456789abcdef]', '[12345678]', 'select.exclude.phones[0]', 'the number'],
    ['[0123456789abcdef0123456789abcdef]', '["a b"]', 'select.exclude.phones[0]', 'an id'],
    [
      '[0123456789abcdef0123456789abcdef]',
      `[${'a'.repeat(33)}]`,
      'select.exclude.phones[0]',
      'an id',
    ],
    ['{ env: [prod] }', '{}', 'select.server_tags', '0 tag keys'],
    [
      '{ env: [prod] }',
      `{ ${Array.from('abcdefghijk', (key) => `${key}: []`).join(', ')} }`,
      'select.server_tags',
      '11 tag keys',
    ],
    [
      '[prod]',
      `[${Array.from('abcdefghijk').join(', ')}]`,
      'select.server_tags.env',
      'a list of 11',
    ],
    ['env: [prod]', '_sys_x: [prod]', 'select.server_tags._sys_x', 'not a valid tag key'],
    ['env: [prod]', '"a/b": [prod]', 'select.server_tags["a/b"]', 'not a valid tag key'],
    [
      'env: [prod]',
      `${'k'.repeat(128)}: [prod]`,
      `select.server_tags.${'k'.repeat(64)}…`,
      'not a valid tag key',
    ],
    ['[prod]', '[" prod"]', 'select.server_tags.env[0]', 'not a valid tag value'],
    ['[prod]', `[${'v'.repeat(256)}]`, 'select.server_tags.env[0]', 'not a valid tag value'],
    ['"game-*"', '""', 'select.name', 'empty'],
    ['"game-*"', `"${'g'.repeat(129)}"`, 'select.name', 'more than 128'],
    ['"game-*"', '"game-{a,b}"', 'select.name', '"{"'],
    ['"game-*"', '"game-[a"', 'select.name', '[ ] set'],
    ['/data/media/0]', '/sdcard]', 'export.include[1]', 'not in /data'],
    ['/data/media/0]', '"/data/a b"]', 'export.include[1]', '" " at character 8'],
    ['com.example.cache', '../x', 'export.exclude[0]', 'a folder named . or ..'],
    ['my-phone-backups', 'my..backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'my.-backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', '.backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', '192.168.1.1', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'My-Backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'ab', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', '-abc', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'b'.repeat(64), 'export.bucket', 'not a valid bucket name'],
    ['{policy}/{date}', '{policy}/{time}', 'export.object_path', '"{time}"'],
    ['{policy}/{date}', '/{policy}', 'export.object_path', 'starts or ends with /'],
    ['deadline: 2h', 'deadline: 0s', 'deadline', 'from 1s to 7d'],
    ['deadline: 2h', 'deadline: 2 hours', 'deadline', '"2 hours"'],
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test('reports one error for a list that is too long, not one per entry', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => `/x${n}`).join(', ');
    expect(paths(errorsOf(nightlyWith('/data/media/0', hundred)))).toEqual(['export.include']);
  });

  test('a path ends without a slash in the policy', () => {
    const parsed = parsePolicy(nightlyWith('/data/media/0]', '/data/media/0/]'), context);
    expect(parsed).toMatchObject({
      policy: { export: { include: ['/data/data', '/data/media/0'] } },
    });
  });
});
