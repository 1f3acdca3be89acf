import { expect, test } from 'vitest';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';

const VALID = `
name: nightly
enabled: true
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select:
  phones: [p1]
  servers: [s1]
  server_tags: { env: [prod] }
  name: "game-*"
  exclude: { phones: [p2], servers: [s2] }
export:
  include: [/data/data]
  exclude: [/data/data/com.example.cache]
  bucket: my-phone-backups
deadline: 2h
retry: { attempts: 2 }
objective: { max_age: 26h, phones: 98% }
verify: { read: 5% }
drill: { schedule: { cron: "0 0 6 * * *", timezone: UTC }, phones: 2, target: [t1, t2] }
notify: { when: always }
`.trimStart();

/** Text of the valid policy, and what replaces it. */
const CHANGES: [string, string][] = [
  ['name: nightly', 'name: daily'],
  ['name: nightly', 'name: Nightly'],
  ['name: nightly', 'name: 2024'],
  ['name: nightly', 'name: true'],
  ['name: nightly', 'name: [nightly]'],
  ['name: nightly', 'name: {}'],
  ['name: nightly', 'name:'],
  ['name: nightly\n', ''],
  ['name: nightly', 'name: *x'],
  ['name: nightly', 'name: &n nightly'],
  ['name: nightly', 'name: !!str nightly'],
  ['enabled: true', 'enabled: yes'],
  ['enabled: true', 'enabled: once'],
  ['enabled: true', 'enabled: yesterday'],
  ['enabled: true', 'enabled: carry-on'],
  ['enabled: true', 'enabled: 1'],
  ['enabled: true', 'enabeld: true'],
  ['enabled: true', 'bucket: abc'],
  ['enabled: true', 'zzzzzz: abc'],
  ['enabled: true', 'enabled: true\nenabled: true'],
  ['enabled: true', '1: true'],
  ['enabled: true', 'true: true'],
  ['enabled: true', '? [a]\n: b'],
  ['enabled: true', '? *x\n: b'],
  ['enabled: true', ': b'],
  ['enabled: true', '? &n enabled\n: true'],
  ['enabled: true', '<<: { enabled: true }'],
  ['enabled: true', '__proto__: 1'],
  ['enabled: true', `${'k'.repeat(129)}: 1`],
  ['enabled: true', 'paused_until: tomorrow'],
  ['"0 30 2 * * *"', '"0 30 2 30 2 ?"'],
  ['"0 30 2 * * *"', '5'],
  ['"0 30 2 * * *"', '"30 2 * * *"'],
  ['target: [t1, t2]', 'target: [t1]'],
  ['target: [t1, t2]', 'target: [t1, t1]'],
  ['target: [t1, t2]', 'target: [p1, t2]'],
  ['target: [t1, t2]', 'target: []'],
  ['target: [t1, t2]', 'verdict: id'],
  ['phones: 2', 'phones: 0'],
  ['phones: 2', 'pick: oldest'],
  ['schedule: { cron: "0 0 6 * * *", timezone: UTC }, ', ''],
  ['read: 5%', 'read: 0%'],
  ['read: 5%', 'read: 5'],
  ['verify: { read: 5% }', 'verify: 5%'],
  ['verify: { read: 5% }', 'verify: {}'],
  ['phones: 98%', 'phones: 0%'],
  ['phones: 98%', 'phones: 101%'],
  ['phones: 98%', 'phones: 98'],
  ['phones: 98%', 'phones: most'],
  ['max_age: 26h', 'max_age: 26 hours'],
  ['max_age: 26h', 'max_age: 26'],
  ['max_age: 26h', 'max_age: 10s'],
  ['max_age: 26h', 'max_ages: 26h'],
  ['Asia/Shanghai', 'Mars'],
  ['Asia/Shanghai', '8'],
  ['{ cron: "0 30 2 * * *", timezone: Asia/Shanghai }', 'nightly'],
  ['phones: [p1]', 'phones: [p1, p1]'],
  ['phones: [p1]', 'phones: [p1, "a b"]'],
  ['phones: [p1]', 'phones: [12]'],
  ['phones: [p1]', 'phones: p1'],
  ['phones: [p1]', 'phones: []'],
  ['phones: [p1]', 'phones: [p1, null]'],
  ['phones: [p1]', 'phones: [[p1]]'],
  ['servers: [s1]', 'servers: [s1, s3, s1]'],
  ['servers: [s2]', 'servers: [s2, s2]'],
  ['phones: [p2]', 'phones: [p2, p2]'],
  ['{ env: [prod] }', '{}'],
  ['{ env: [prod] }', '[prod]'],
  ['{ env: [prod] }', '{ _sys_x: [prod] }'],
  ['{ env: [prod] }', '{ env: [" prod"] }'],
  ['{ env: [prod] }', '{ env: [prod, prod] }'],
  ['{ env: [prod] }', '{ env: [8] }'],
  ['{ env: [prod] }', `{ ${Array.from('abcdefghijk', (key) => `${key}: []`).join(', ')} }`],
  ['"game-*"', '""'],
  ['"game-*"', '"game-{a}"'],
  ['"game-*"', '"!game"'],
  ['"game-*"', '"game-[a"'],
  ['"game-*"', `"${'g'.repeat(129)}"`],
  ['"game-*"', '7'],
  ['include: [/data/data]', 'include: [/data/data, /data/data]'],
  ['include: [/data/data]', 'include: /data'],
  ['include: [/data/data]', 'include: []'],
  ['include: [/data/data]', 'include: [/sdcard]'],
  ['include: [/data/data]', 'include: [/system/data/x]'],
  ['include: [/data/data]', 'include: [data/x]'],
  ['include: [/data/data]', 'include: [/data/]'],
  ['include: [/data/data]', 'include: ["/data/a b"]'],
  ['include: [/data/data]', 'include: ["/data/a*b"]'],
  ['include: [/data/data]', 'include: [/data/app/~~x]'],
  ['include: [/data/data]', 'include: [/data/data/../x]'],
  ['include: [/data/data]', `include: [/data/${'x'.repeat(5_000)}]`],
  ['include: [/data/data]', 'include: [/data/data/com.example.cache/x]'],
  ['exclude: [/data/data/com.example.cache]', 'exclude: [/data/x, /data/x]'],
  ['bucket: my-phone-backups', 'bucket: my..backups'],
  ['bucket: my-phone-backups', 'bucket: 192.168.1.1'],
  ['bucket: my-phone-backups', 'bucket: My-Backups'],
  ['bucket: my-phone-backups', 'bucket: 63'],
  ['  bucket: my-phone-backups\n', ''],
  ['bucket: my-phone-backups', 'bucket: phonevault-state\n  object_path: phonevault/x'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: ""'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: "{time}"'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: "a*b"'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: "a~b"'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: "a b"'],
  ['bucket: my-phone-backups', 'bucket: my-phone-backups\n  object_path: /a'],
  ['bucket: my-phone-backups', `bucket: my-phone-backups\n  object_path: ${'x'.repeat(999)}`],
  ['deadline: 2h', 'deadline: 2'],
  ['deadline: 2h', 'deadline: 2 hours'],
  ['deadline: 2h', 'deadline: 8d'],
  ['deadline: 2h', 'export_timeout: 3h'],
  ['deadline: 2h', 'deadline: 5m\nwait_for_phones: 5m'],
  ['deadline: 2h', 'deadline: 0s\nwait_for_phones: 5m'],
  ['attempts: 2', 'attempts: 6'],
  ['attempts: 2', 'attempts: "2"'],
  ['attempts: 2', 'attempts: "2nd"'],
  ['attempts: 2', 'attempts: "a 2"'],
  ['attempts: 2', 'attempts: "12"'],
  ['retry: { attempts: 2 }', 'retry: 2'],
  ['retry: { attempts: 2 }', 'retry: "2"'],
  ['when: always', 'when: problem'],
  ['when: always', 'when: never'],
  ['when: always', 'when: 1'],
  ['notify: { when: always }', 'notify: *x'],
  ['notify: { when: always }', `notify: ${'['.repeat(12)}${']'.repeat(12)}`],
];

const WHOLE: [string, string][] = [
  ['an empty file', ''],
  ['a comment', '# soon'],
  ['null', '~'],
  ['a list', '- a'],
  ['a string', 'nightly'],
  ['a number', '7'],
  ['an alias', '*x'],
  ['two documents', `${VALID}---\nname: b\n`],
  ['a directive', `%YAML 1.1\n---\n${VALID}`],
  ['a tab', 'select:\n\tname: x\n'],
  ['an open bracket', 'select: { name: x\n'],
  ['a stray bracket', 'select: ]\n'],
  ['an open quote', 'name: "x\n'],
  [
    'a selection without a condition',
    'name: nightly\nselect: {}\nexport: { include: [/data], bucket: bbb }\n',
  ],
  [
    'only an exclude',
    'name: nightly\nselect: { exclude: { name: x } }\nexport: { include: [/data], bucket: bbb }\n',
  ],
  ['no selection', 'name: nightly\nexport: { include: [/data], bucket: bbb }\n'],
  [
    'a selection that is a list',
    'name: nightly\nselect: [x]\nexport: { include: [/data], bucket: bbb }\n',
  ],
  ['an export that is a string', 'name: nightly\nselect: { name: x }\nexport: all\n'],
  ['a file that is too large', '#'.repeat(256 * 1024 + 1)],
];

function report(text: string): string {
  const context = {
    fileName: 'policies/nightly.yaml',
    ledger: { bucket: 'phonevault-state', prefix: 'phonevault/' },
  };
  const result = parsePolicy(text, context);
  if (result.ok) return '  valid\n';
  return result.errors
    .map(({ line, column, path, message, found, allowed, hint }) => {
      const place = line === undefined ? '-' : `${line}:${column ?? 0}`;
      const lines = [`${place} ${path} | ${message}`, `found ${found}`, `allowed ${allowed}`];
      return [...lines, ...(hint === undefined ? [] : [`hint ${hint}`])];
    })
    .map(([first = '', ...rest]) => `  ${first}\n${rest.map((one) => `      ${one}\n`).join('')}`)
    .join('');
}

const shown = (text: string): string =>
  JSON.stringify(text.length > 120 ? `${text.slice(0, 40)}…` : text);

test('every error says where it is, what was found, what is allowed and what to do', async () => {
  const changed = CHANGES.map(([piece, by]) => {
    expect(VALID.split(piece)).toHaveLength(2);
    return `${shown(piece)} -> ${shown(by)}\n${report(VALID.replace(piece, () => by))}`;
  });
  const whole = WHOLE.map(([name, text]) => `${name}\n${report(text)}`);
  const text = [report(VALID), ...changed, ...whole].join('\n');
  await expect(text).toMatchFileSnapshot('parse.golden.txt');
});
