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

function faultsOf(
  text: string,
  more: Partial<Parameters<typeof parsePolicy>[1]> = {},
): ValidationError[] {
  const result = parsePolicy(text, { ...context, ...more });
  return result.ok ? [] : result.errors;
}

/** The policy with one piece of it replaced; fails when the piece is not there. */
function nightlyWith(piece: string, by: string): string {
  expect(NIGHTLY).toContain(piece);
  return NIGHTLY.replace(piece, () => by);
}

const places = (faults: ValidationError[]) => faults.map(({ path }) => path);

describe('a sound policy', () => {
  test('comes out as it takes effect', () => {
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
        on_provisioned: true,
        notify: { when: 'always', language: 'en' },
      },
    });
  });

  test('needs little', () => {
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
      'JSON',
      JSON.stringify({
        name: 'nightly',
        select: { name: '*' },
        export: { include: ['/data'], bucket: 'bbb' },
      }),
    ],
    ['a pause', `${NIGHTLY}paused_until: 2026-01-31T08:00:00+08:00\n`],
    [
      'an export that may take the whole run',
      nightlyWith('export_timeout: 1h', 'export_timeout: 2h'),
    ],
    [
      'the shortest and the longest times',
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
    ['any value of a tag', nightlyWith('[prod]', '[]')],
    ['a tag of other letters', nightlyWith('env: [prod]', '"环境 a_.:=+-@": ["生产"]')],
    ['a tag named constructor', nightlyWith('env: [prod]', 'constructor: [prod]')],
    [
      'the bucket of the ledger, outside its prefix',
      nightlyWith('my-phone-backups', 'phonevault-state'),
    ],
  ])('may have %s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  test.each([
    ['30m', 1_800_000, 600_000],
    ['10m', 600_000, 300_000],
  ])('with a deadline of %s has shorter waits of its own', (deadline, timeout, wait) => {
    expect(parsePolicy(`${SMALLEST}deadline: ${deadline}\n`, context)).toMatchObject({
      ok: true,
      policy: { export_timeout: timeout, wait_for_phones: wait },
    });
  });

  test('may use ~ in the wide edition only', () => {
    const text = SMALLEST.replace('[/data]', '[/data/app/~~x]');
    expect(faultsOf(text, { paths: 'wide' })).toEqual([]);
    expect(places(faultsOf(text, { paths: 'narrow' }))).toEqual(['export.include[0]']);
    expect(places(faultsOf(text))).toEqual(['export.include[0]']);
  });
});

describe('what is no policy', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', 'no policy'],
    ['only comments', '# nothing\n', 'no policy'],
    ['null', '~', 'no policy'],
    ['a list', '- name: nightly', 'not a mapping'],
    ['a text', 'nightly', 'not a mapping'],
    ['an alias', '*x', ''],
    ['two documents', `${SMALLEST}---\n${SMALLEST}`, 'more than one document'],
    ['two documents with an end', `${SMALLEST}...\n---\nname: b\n`, 'more than one document'],
    ['a tab as indentation', 'select:\n\tname: x\n', 'Tabs'],
    ['an open bracket', 'select: { name: x\n', ''],
    ['an open quote', 'name: "x\n', ''],
    [
      'a bracket in a flow mapping and all that trips over it',
      `select: { name: a{b }\n${SMALLEST}`,
      '',
    ],
    ['a directive', `%YAML 1.1\n---\n${SMALLEST}`, 'directive'],
    ['brackets without end', '['.repeat(200_000), 'nested too deeply'],
    ['dashes without end', '- '.repeat(100_000), 'nested too deeply'],
    ['question marks without end', '? '.repeat(100_000), 'nested too deeply'],
    ['mappings without end', '{a: '.repeat(60_000), 'nested too deeply'],
    [
      'a great many fields',
      Array.from({ length: 30_000 }, (_, n) => `k${n}:`).join('\n'),
      'too many parts',
    ],
  ])('%s is one fault', (_, text, message) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      path: '',
      message: expect.stringContaining(message) as string,
    });
  });

  test('a long name before a long list costs no more than both', () => {
    // Not a time but a count of faults: noting each entry's place under that name took ten seconds.
    const list = Array.from({ length: 2_000 }, (_, n) => `id${n}`);
    const policy = { ...(parse(SMALLEST) as object), ['x'.repeat(60_000)]: list };
    const faults = faultsOf(JSON.stringify(policy));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain('a name that is too long');
  });

  test('lists in lists are no fields', () => {
    const faults = faultsOf(`${SMALLEST}\nx: ${'['.repeat(12)}${']'.repeat(12)}\n`);
    expect(faults.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('nested too deeply'),
    );
  });

  test('a mapping in the place of true or false is a fault like any other', () => {
    const faults = faultsOf(`${SMALLEST}\nenabled: { a: 1 }\n`);
    expect(faults.map(({ path }) => path)).toEqual(['enabled']);
  });

  test('a file of more than 256 KB is not even read', () => {
    const over = '#'.repeat(256 * 1024 + 1);
    expect(faultsOf(over)[0]).toMatchObject({ found: '262145 bytes' });
    expect(faultsOf(over.slice(1))[0]?.message).toContain('no policy');
  });

  test('size is counted in bytes', () => {
    expect(faultsOf('é'.repeat(128 * 1024 + 1))[0]?.found).toBe('262146 bytes');
  });
});

describe('one fault in a policy is one fault told, in its place', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    // what YAML can do and a policy may not
    ['enabled: true', 'enabled: true\nenabled: false', 'enabled', 'given twice'],
    ['name: nightly', 'name: &n nightly', 'name', 'anchors'],
    ['name: nightly', 'name: !!str nightly', 'name', 'tags of YAML'],
    ['name: nightly', 'name: !secret nightly', 'name', 'tags of YAML'],
    ['{ when: always }', '*x', 'notify', ''],
    ['enabled: true', '__proto__: { enabled: true }', '__proto__', 'no field can have this name'],
    ['enabled: true', '<<: { enabled: true }', '["<<"]', 'merge keys'],
    ['enabled: true', '? [a]\n: b', '', 'not a text'],
    ['env: [prod]', '1: [prod]', 'select.server_tags', 'not a text'],
    // fields
    ['enabled: true', 'enabeld: true', 'enabeld', 'there is no field'],
    ['max_phones', 'maximum', 'select.maximum', 'there is no field'],
    ['name: nightly\n', '', 'name', 'missing'],
    ['  bucket: my-phone-backups\n', '', 'export.bucket', 'missing'],
    ['retry: { attempts: 2 }', 'retry:', 'retry', 'no value'],
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
    ['name: nightly', 'name: Nightly', 'name', 'a-z 0-9'],
    ['name: nightly', `name: ${'n'.repeat(33)}`, 'name', '1 to 32'],
    ['name: nightly', 'name: daily', 'name', "not the file's"],
    // schedule
    ['0 30 2 * * *', '0 30 2 * * 7', 'schedule.cron', 'day of week'],
    ['0 30 2 * * *', '30 2 * * *', 'schedule.cron', 'six fields'],
    ['0 30 2 * * *', '0 0 0 31 2,4 ?', 'schedule.cron', 'never fires'],
    ['Asia/Shanghai', 'Asia/Beijing', 'schedule.timezone', 'not a time zone'],
    [', timezone: Asia/Shanghai', '', 'schedule.timezone', 'missing'],
    ['start_within: 2h', 'start_within: 8d', 'schedule.start_within', '1s to 7d'],
    ['enabled: true', 'paused_until: 2026-01-31', 'paused_until', 'with its offset'],
    ['enabled: true', 'paused_until: 2026-02-30T00:00:00Z', 'paused_until', 'with its offset'],
    ['enabled: true', 'paused_until: 2026-01-31T00:00:00', 'paused_until', 'with its offset'],
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
    ['env: [prod]', '_sys_x: [prod]', 'select.server_tags._sys_x', 'key of a tag'],
    ['env: [prod]', '"a/b": [prod]', 'select.server_tags["a/b"]', 'key of a tag'],
    [
      'env: [prod]',
      `${'k'.repeat(128)}: [prod]`,
      `select.server_tags.${'k'.repeat(64)}…`,
      'key of a tag',
    ],
    ['[prod]', '[" prod"]', 'select.server_tags.env[0]', 'value of a tag'],
    ['[prod]', `[${'v'.repeat(256)}]`, 'select.server_tags.env[0]', 'value of a tag'],
    ['"game-*"', '""', 'select.name', 'empty'],
    ['"game-*"', `"${'g'.repeat(129)}"`, 'select.name', 'more than 128'],
    ['"game-*"', '"game-{a,b}"', 'select.name', '"{"'],
    ['"game-*"', '"game-[a"', 'select.name', '[ set'],
    // export
    ['/data/media/0]', '/sdcard]', 'export.include[1]', 'not below /data'],
    ['/data/media/0]', '"/data/a b"]', 'export.include[1]', '" " at character 8'],
    ['/data/media/0]', '/data/data]', 'export.include[1]', 'listed twice'],
    ['/data/media/0]', '/data/data/com.example.cache/x]', 'export.include[1]', 'nothing of'],
    ['com.example.cache', '../x', 'export.exclude[0]', '. or ..'],
    ['my-phone-backups', 'my.phone.backups', 'export.bucket', 'cannot be used'],
    ['my-phone-backups', 'My-Backups', 'export.bucket', 'cannot be used'],
    ['my-phone-backups', 'ab', 'export.bucket', 'cannot be used'],
    ['my-phone-backups', '-abc', 'export.bucket', 'cannot be used'],
    ['my-phone-backups', 'b'.repeat(64), 'export.bucket', 'cannot be used'],
    ['{policy}/{date}', '{policy}/{time}', 'export.object_path', '"{time}"'],
    ['{policy}/{date}', '/{policy}', 'export.object_path', 'empty part'],
    ['{policy}/{date}', 'x'.repeat(1000), 'export.object_path', 'up to 1101 characters'],
    // times
    ['export_timeout: 1h', 'export_timeout: 2h1s', 'export_timeout', 'not take that long'],
    ['wait_for_phones: 10m', 'wait_for_phones: 2h', 'wait_for_phones', 'not take that long'],
    ['deadline: 2h', 'deadline: 0s', 'deadline', 'from 1s to 7d'],
    ['deadline: 2h', 'deadline: 2 hours', 'deadline', '"2 hours"'],
  ])('%s -> %s', (piece, by, path, message) => {
    const faults = faultsOf(nightlyWith(piece, by));
    expect(places(faults)).toEqual([path]);
    expect(faults[0]?.message).toContain(message);
    if (path !== '') expect(faults[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test.each([
    ['select: { exclude: { name: x } }', 'only exclude'],
    ['select: { max_phones: 5 }', 'no condition'],
    ['select: {}', 'no condition'],
  ])('%s selects nothing', (select, found) => {
    const faults = faultsOf(SMALLEST.replace('select: { name: "*" }', select));
    expect(faults).toMatchObject([{ path: 'select', found }]);
  });

  test.each(['phonevault', 'phonevault/{date}', '{policy}'])(
    'archives in %s would lie among the records',
    (objectPath) => {
      const ledger = {
        bucket: 'my-phone-backups',
        prefix: objectPath === '{policy}' ? 'nightly/' : 'phonevault/',
      };
      const faults = faultsOf(nightlyWith('{policy}/{date}', objectPath), { ledger });
      expect(places(faults)).toEqual(['export.object_path']);
    },
  );

  test('a ledger without a prefix leaves no room for archives', () => {
    const faults = faultsOf(NIGHTLY, { ledger: { bucket: 'my-phone-backups', prefix: '' } });
    expect(places(faults)).toEqual(['export.object_path']);
  });
});

describe('a fault helps to mend it', () => {
  test.each([
    ['enabled: true', 'enabeld: true', 'Did you mean enabled?'],
    ['enabled: true', 'maxInFlightPerServer: 3', 'Did you mean max_in_flight_per_server?'],
    ['enabled: true', 'bucket: abc', 'Did you mean export.bucket?'],
    ['when: always', 'when: problem', 'Did you mean problems?'],
    ['name: nightly', 'name: 2024', 'Put the value in quotes.'],
    ['attempts: 2', 'attempts: "2"', 'Take the quotes off.'],
    ['deadline: 2h', 'deadline: 2', 'Add the unit: s, m, h or d.'],
    ['enabled: true', 'enabled: on', 'YAML 1.2 knows only true and false.'],
    ['[prod]', 'prod', 'Put the value in [ ].'],
    ['enabled: true', 'enabled: true\nenabled: true', 'It stands in line 2 already.'],
    ['my-phone-backups', 'my.backups', 'no TLS certificate'],
    ['enabled: true', 'retry2: [a, b', 'bracket'],
  ])('%s -> %s: %s', (piece, by, hint) => {
    expect(faultsOf(nightlyWith(piece, by))[0]?.hint).toContain(hint);
  });

  test('an unknown field that is like none has no hint', () => {
    const [fault] = faultsOf(nightlyWith('enabled: true', 'zzzzzz: true'));
    expect(fault).not.toHaveProperty('hint');
  });

  test('line and column are those of an editor', () => {
    const text = `\uFEFF${NIGHTLY.replaceAll('\n', '\r\n').replace('/data/media/0', '/sdcard')}`;
    expect(faultsOf(text)).toMatchObject([{ path: 'export.include[1]', line: 10, column: 25 }]);
  });

  test('a missing field is told where it belongs, an unknown one at its name', () => {
    const text = nightlyWith('  bucket: my-phone-backups\n', '').replace('notify:', 'tell:');
    expect(faultsOf(text)).toMatchObject([
      { path: 'export.bucket', line: 9, column: 1 },
      { path: 'tell', line: 19, column: 1 },
    ]);
  });

  test('long values are cut and control characters made visible', () => {
    const [fault] = faultsOf(nightlyWith('"game-*"', `"\\e[31m\\u202e{${'x'.repeat(100)}"`));
    expect(fault?.found).toMatch(/^"\\u\{1b\}\[31m\\u\{202e\}\{x+…"$/u);
    expect(fault?.found.length).toBeLessThan(80);
  });

  test.each([
    nightlyWith('name: nightly', `name: ${'n'.repeat(5000)}`),
    nightlyWith('enabled: true', `${'k'.repeat(900)}: 1`),
    nightlyWith('/data/media/0', `/${'x'.repeat(5000)}`),
    nightlyWith('notify:', `${'}'.repeat(300)}`),
    nightlyWith('{policy}/{date}', `{${'x'.repeat(2000)}}`),
    nightlyWith('Asia/Shanghai', 'Z'.repeat(3000)),
    nightlyWith('0 30 2 * * *', `0 0 ${'1,'.repeat(100)} * * *`),
  ])('nothing long is repeated (%#)', (text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault.found.length).toBeLessThan(120);
      expect(fault.message.length).toBeLessThan(240);
    }
  });
});

describe('all faults are told', () => {
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

  test('in the order of the file, whatever kind they are of', () => {
    const faults = faultsOf(broken);
    expect(places(faults)).toEqual([
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
    const lines = faults.map(({ line }) => line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('a broken deadline is not held against other times', () => {
    expect(places(faultsOf(broken))).not.toContain('export_timeout');
  });

  test('up to 200 of them', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `"no id ${n}"`).join(', ');
    const faults = faultsOf(nightlyWith('0123456789abcdef0123456789abcdef', ids));
    expect(faults).toHaveLength(200);
    expect(faults[199]?.path).toBe('select.exclude.phones[199]');
  });

  test('but a list that is too long is told as a whole', () => {
    const paths = Array.from({ length: 100 }, (_, n) => `/x${n}`).join(', ');
    expect(places(faultsOf(nightlyWith('/data/media/0', paths)))).toEqual(['export.include']);
  });
});

test('nothing of a policy reaches the prototype of objects', () => {
  faultsOf(nightlyWith('enabled: true', '__proto__: { polluted: true }'));
  faultsOf(nightlyWith('env: [prod]', '__proto__: [prod]'));
  expect({}).not.toHaveProperty('polluted');
});
