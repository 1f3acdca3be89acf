import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ValidationError, parsePolicy } from '../../../lib/policy/parse/parse.ts';

const NIGHTLY = `
name: nightly
enabled: true
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai, start_within: 2h }
select:
  server_tags: { env: [prod] }
  name: "game-*"
  exclude: { phones: [0123456789abcdef0123456789abcdef] }
  max_phones: 5000
export:
  include: [/data/data, /data/media/0]
  exclude: [/data/data/com.example.cache]
  bucket: my-phone-backups
  object_path: "{policy}/{date}"
deadline: 2h
export_timeout: 1h
wait_for_phones: 10m
max_in_flight_per_server: 4
retry: { attempts: 2 }
on_provisioned: true
notify: { when: always }
`.trimStart();

const SMALLEST = `
name: nightly
select: { name: "*" }
export: { include: [/data], bucket: bbb }
`.trimStart();

const context = {
  fileName: 'policies/nightly.yaml',
  ledger: { bucket: 'phonevault-state', prefix: 'phonevault/' },
};

function errorsOf(
  text: string,
  more: Partial<Parameters<typeof parsePolicy>[1]> = {},
): ValidationError[] {
  const result = parsePolicy(text, { ...context, ...more });
  return result.ok ? [] : result.errors;
}

/** Returns the policy with one piece replaced. Fails when it does not contain the piece. */
function nightlyWith(piece: string, by: string): string {
  expect(NIGHTLY).toContain(piece);
  return NIGHTLY.replace(piece, () => by);
}

const paths = (errors: ValidationError[]) => errors.map(({ path }) => path);

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
        export: { include: ['/data'], exclude: [], bucket: 'bbb', object_path: '{policy}/{date}' },
        deadline: 7_200_000,
        export_timeout: 3_600_000,
        wait_for_phones: 600_000,
        max_in_flight_per_server: 4,
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

describe('a file that is not a policy', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', 'no policy'],
    ['only comments', '# nothing\n', 'no policy'],
    ['null', '~', 'no policy'],
    ['a list', '- name: nightly', 'not a mapping'],
    ['a string', 'nightly', 'not a mapping'],
    ['an alias', '*x', ''],
    ['two documents', `${SMALLEST}---\n${SMALLEST}`, 'more than one YAML document'],
    ['two documents with an end', `${SMALLEST}...\n---\nname: b\n`, 'more than one YAML document'],
    ['a tab as indentation', 'select:\n\tname: x\n', 'Tabs'],
    ['an open bracket', 'select: { name: x\n', ''],
    ['an open quote', 'name: "x\n', ''],
    [
      'a stray bracket, without the errors that follow from it',
      `select: { name: a{b }\n${SMALLEST}`,
      '',
    ],
    ['a directive', `%YAML 1.1\n---\n${SMALLEST}`, 'directive'],
    ['too many brackets', '['.repeat(200_000), 'nested too deeply'],
    ['too many dashes', '- '.repeat(100_000), 'nested too deeply'],
    ['too many question marks', '? '.repeat(100_000), 'nested too deeply'],
    ['too many mappings', '{a: '.repeat(60_000), 'nested too deeply'],
    [
      'too many fields',
      Array.from({ length: 30_000 }, (_, n) => `k${n}:`).join('\n'),
      'too many YAML tokens',
    ],
  ])('reports one error for %s', (_, text, message) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: '',
      message: expect.stringContaining(message) as string,
    });
  });

  test('rejects a long field name without reading the list below it', () => {
    // Counts errors, not seconds: recording the offset of each entry below that name took ten seconds.
    const list = Array.from({ length: 2_000 }, (_, n) => `id${n}`);
    const policy = { ...(parse(SMALLEST) as object), ['x'.repeat(60_000)]: list };
    const errors = errorsOf(JSON.stringify(policy));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('a field name is too long');
  });

  test('rejects lists that are nested too deeply', () => {
    const errors = errorsOf(`${SMALLEST}\nx: ${'['.repeat(12)}${']'.repeat(12)}\n`);
    expect(errors.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('nested too deeply'),
    );
  });

  test('reports a mapping where true or false is expected', () => {
    const errors = errorsOf(`${SMALLEST}\nenabled: { a: 1 }\n`);
    expect(errors.map(({ path }) => path)).toEqual(['enabled']);
  });

  test('rejects a file of more than 256 KB before parsing', () => {
    const over = '#'.repeat(256 * 1024 + 1);
    expect(errorsOf(over)[0]).toMatchObject({ found: '262145 bytes' });
    expect(errorsOf(over.slice(1))[0]?.message).toContain('no policy');
  });

  test('measures size in bytes, not characters', () => {
    expect(errorsOf('é'.repeat(128 * 1024 + 1))[0]?.found).toBe('262146 bytes');
  });
});

describe('one error in a policy is reported once, at its field', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    // YAML features that a policy must not use
    ['enabled: true', 'enabled: true\nenabled: false', 'enabled', 'set twice'],
    ['name: nightly', 'name: &n nightly', 'name', 'anchors'],
    ['name: nightly', 'name: !!str nightly', 'name', 'YAML tags'],
    ['name: nightly', 'name: !secret nightly', 'name', 'YAML tags'],
    ['{ when: always }', '*x', 'notify', ''],
    [
      'enabled: true',
      '__proto__: { enabled: true }',
      '__proto__',
      'this field name is not allowed',
    ],
    ['enabled: true', '<<: { enabled: true }', '["<<"]', 'merge keys'],
    ['enabled: true', '? [a]\n: b', '', 'not a string'],
    ['env: [prod]', '1: [prod]', 'select.server_tags', 'not a string'],
    // fields
    ['enabled: true', 'enabeld: true', 'enabeld', 'unknown field'],
    ['max_phones', 'maximum', 'select.maximum', 'unknown field'],
    ['name: nightly\n', '', 'name', 'missing'],
    ['  bucket: my-phone-backups\n', '', 'export.bucket', 'missing'],
    ['retry: { attempts: 2 }', 'retry:', 'retry', 'value is missing'],
    // types
    ['name: nightly', 'name: 2024', 'name', 'the number 2024'],
    ['enabled: true', 'enabled: yes', 'enabled', '"yes"'],
    ['deadline: 2h', 'deadline: 2', 'deadline', 'the number 2'],
    ['attempts: 2', 'attempts: "2"', 'retry.attempts', '"2"'],
    ['attempts: 2', 'attempts: 1.5', 'retry.attempts', 'the number 1.5'],
    ['attempts: 2', 'attempts: 0', 'retry.attempts', '1 to 5'],
    ['attempts: 2', 'attempts: 6', 'retry.attempts', '1 to 5'],
    ['max_phones: 5000', 'max_phones: 0', 'select.max_phones', '1 to 100000'],
    ['max_phones: 5000', 'max_phones: 100001', 'select.max_phones', '1 to 100000'],
    ['max_phones: 5000', 'max_phones: .inf', 'select.max_phones', '1 to 100000'],
    ['server: 4', 'server: 101', 'max_in_flight_per_server', '1 to 100'],
    ['{ when: always }', 'always', 'notify', 'a mapping with when'],
    ['when: always', 'when: never', 'notify.when', 'always, problems, change'],
    ['when: always', 'language: de', 'notify.language', 'en, zh'],
    ['[/data/data, /data/media/0]', '/data', 'export.include', 'a list of 1 to 100 paths'],
    ['[/data/data, /data/media/0]', '[]', 'export.include', 'an empty list'],
    ['[prod]', 'prod', 'select.server_tags.env', 'a list'],
    // name
    ['name: nightly', 'name: Nightly', 'name', 'a-z, 0-9'],
    ['name: nightly', `name: ${'n'.repeat(33)}`, 'name', '1 to 32'],
    ['name: nightly', 'name: daily', 'name', 'does not match the file name'],
    // schedule
    ['0 30 2 * * *', '0 30 2 * * 7', 'schedule.cron', 'day of week'],
    ['0 30 2 * * *', '30 2 * * *', 'schedule.cron', 'six fields'],
    ['0 30 2 * * *', '0 0 0 31 2,4 ?', 'schedule.cron', 'never fires'],
    ['Asia/Shanghai', 'Asia/Beijing', 'schedule.timezone', 'not an IANA time zone'],
    [', timezone: Asia/Shanghai', '', 'schedule.timezone', 'missing'],
    ['start_within: 2h', 'start_within: 8d', 'schedule.start_within', '1s to 7d'],
    ['enabled: true', 'paused_until: 2026-01-31', 'paused_until', 'with a UTC offset'],
    ['enabled: true', 'paused_until: 2026-02-30T00:00:00Z', 'paused_until', 'with a UTC offset'],
    ['enabled: true', 'paused_until: 2026-01-31T00:00:00', 'paused_until', 'with a UTC offset'],
    // selection
    ['[0123456789abcdef0123456789abcdef]', '[12345678]', 'select.exclude.phones[0]', 'the number'],
    ['[0123456789abcdef0123456789abcdef]', '["a b"]', 'select.exclude.phones[0]', 'an id'],
    [
      '[0123456789abcdef0123456789abcdef]',
      `[${'a'.repeat(33)}]`,
      'select.exclude.phones[0]',
      'an id',
    ],
    ['[0123456789abcdef0123456789abcdef]', '[a, b, a]', 'select.exclude.phones[2]', 'listed twice'],
    ['[prod]', '[prod, prod]', 'select.server_tags.env[1]', 'listed twice'],
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
    // export
    ['/data/media/0]', '/sdcard]', 'export.include[1]', 'not in /data'],
    ['/data/media/0]', '"/data/a b"]', 'export.include[1]', '" " at character 8'],
    ['/data/media/0]', '/data/data]', 'export.include[1]', 'listed twice'],
    ['/data/media/0]', '/data/data/com.example.cache/x]', 'export.include[1]', 'is fully excluded'],
    ['com.example.cache', '../x', 'export.exclude[0]', 'a folder named . or ..'],
    ['my-phone-backups', 'my.phone.backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'My-Backups', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'ab', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', '-abc', 'export.bucket', 'not a valid bucket name'],
    ['my-phone-backups', 'b'.repeat(64), 'export.bucket', 'not a valid bucket name'],
    ['{policy}/{date}', '{policy}/{time}', 'export.object_path', '"{time}"'],
    ['{policy}/{date}', '/{policy}', 'export.object_path', 'starts or ends with /'],
    ['{policy}/{date}', 'x'.repeat(1000), 'export.object_path', 'up to 1101 characters'],
    // times
    [
      'export_timeout: 1h',
      'export_timeout: 2h1s',
      'export_timeout',
      'is too long: the deadline is 2h',
    ],
    [
      'wait_for_phones: 10m',
      'wait_for_phones: 2h',
      'wait_for_phones',
      'is too long: the deadline is 2h',
    ],
    ['deadline: 2h', 'deadline: 0s', 'deadline', 'from 1s to 7d'],
    ['deadline: 2h', 'deadline: 2 hours', 'deadline', '"2 hours"'],
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test.each([
    ['select: { exclude: { name: x } }', 'only exclude'],
    ['select: { max_phones: 5 }', 'no condition'],
    ['select: {}', 'no condition'],
  ])('reports that %s selects no phones', (select, found) => {
    const errors = errorsOf(SMALLEST.replace('select: { name: "*" }', select));
    expect(errors).toMatchObject([{ path: 'select', found }]);
  });

  test.each(['phonevault', 'phonevault/{date}', '{policy}'])(
    'rejects the object path %s, which is inside the ledger',
    (objectPath) => {
      const ledger = {
        bucket: 'my-phone-backups',
        prefix: objectPath === '{policy}' ? 'nightly/' : 'phonevault/',
      };
      const errors = errorsOf(nightlyWith('{policy}/{date}', objectPath), { ledger });
      expect(paths(errors)).toEqual(['export.object_path']);
    },
  );

  test('rejects any object path in the bucket of a ledger without a prefix', () => {
    const errors = errorsOf(NIGHTLY, { ledger: { bucket: 'my-phone-backups', prefix: '' } });
    expect(paths(errors)).toEqual(['export.object_path']);
  });
});

describe('an error helps to fix it', () => {
  test.each([
    ['enabled: true', 'enabeld: true', 'Did you mean enabled?'],
    ['enabled: true', 'maxInFlightPerServer: 3', 'Did you mean max_in_flight_per_server?'],
    ['enabled: true', 'bucket: abc', 'Did you mean export.bucket?'],
    ['when: always', 'when: problem', 'Did you mean problems?'],
    ['name: nightly', 'name: 2024', 'Put the value in quotes.'],
    ['attempts: 2', 'attempts: "2"', 'Remove the quotes.'],
    ['deadline: 2h', 'deadline: 2', 'Add the unit: s, m, h or d.'],
    ['enabled: true', 'enabled: on', 'In YAML 1.2, yes, no, on and off are strings.'],
    ['[prod]', 'prod', 'Put the value in [ ].'],
    ['enabled: true', 'enabled: true\nenabled: true', 'Line 2 sets it already.'],
    ['my-phone-backups', 'my.backups', 'TLS certificate'],
    ['enabled: true', 'retry2: [a, b', 'bracket'],
  ])('%s -> %s has the hint: %s', (piece, by, hint) => {
    expect(errorsOf(nightlyWith(piece, by))[0]?.hint).toContain(hint);
  });

  test('gives no hint for an unknown field that is similar to none', () => {
    const [error] = errorsOf(nightlyWith('enabled: true', 'zzzzzz: true'));
    expect(error).not.toHaveProperty('hint');
  });

  test('reports line and column as an editor counts them', () => {
    const text = `\uFEFF${NIGHTLY.replaceAll('\n', '\r\n').replace('/data/media/0', '/sdcard')}`;
    expect(errorsOf(text)).toMatchObject([{ path: 'export.include[1]', line: 10, column: 25 }]);
  });

  test('places a missing field at its mapping and an unknown one at its name', () => {
    const text = nightlyWith('  bucket: my-phone-backups\n', '').replace('notify:', 'tell:');
    expect(errorsOf(text)).toMatchObject([
      { path: 'export.bucket', line: 9, column: 1 },
      { path: 'tell', line: 19, column: 1 },
    ]);
  });

  test('cuts long values and escapes control characters', () => {
    const [error] = errorsOf(nightlyWith('"game-*"', `"\\e[31m\\u202e{${'x'.repeat(100)}"`));
    expect(error?.found).toMatch(/^"\\u\{1b\}\[31m\\u\{202e\}\{x+…"$/u);
    expect(error?.found.length).toBeLessThan(80);
  });

  test.each([
    nightlyWith('name: nightly', `name: ${'n'.repeat(5000)}`),
    nightlyWith('enabled: true', `${'k'.repeat(900)}: 1`),
    nightlyWith('/data/media/0', `/${'x'.repeat(5000)}`),
    nightlyWith('notify:', `${'}'.repeat(300)}`),
    nightlyWith('{policy}/{date}', `{${'x'.repeat(2000)}}`),
    nightlyWith('Asia/Shanghai', 'Z'.repeat(3000)),
    nightlyWith('0 30 2 * * *', `0 0 ${'1,'.repeat(100)} * * *`),
  ])('does not repeat long text in an error (%#)', (text) => {
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error.found.length).toBeLessThan(120);
      expect(error.message.length).toBeLessThan(240);
    }
  });
});

describe('all errors of a file', () => {
  const broken = `
nmae: nightly
select:
  phones: [a, a, "b c"]
  exclude: { name: "x{" }
export:
  include: [/data/ok, /sdcard, 5, *alias, /data/no/way]
  exclude: [/data/no]
  bucket: my.bucket
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

  test('do not include timeouts compared with an invalid deadline', () => {
    expect(paths(errorsOf(broken))).not.toContain('export_timeout');
  });

  test('are limited to the first 200', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `"no id ${n}"`).join(', ');
    const errors = errorsOf(nightlyWith('0123456789abcdef0123456789abcdef', ids));
    expect(errors).toHaveLength(200);
    expect(errors[199]?.path).toBe('select.exclude.phones[199]');
  });

  test('include one error for a list that is too long, not one per entry', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => `/x${n}`).join(', ');
    expect(paths(errorsOf(nightlyWith('/data/media/0', hundred)))).toEqual(['export.include']);
  });
});

test('a policy cannot change the prototype of objects', () => {
  errorsOf(nightlyWith('enabled: true', '__proto__: { polluted: true }'));
  errorsOf(nightlyWith('env: [prod]', '__proto__: [prod]'));
  expect({}).not.toHaveProperty('polluted');
});
