import { describe, expect, test } from 'vitest';
import { errorsOf, nightlyWith, paths, SMALLEST } from '../support/errors.ts';

describe('an unknown field or a wrong type is reported once, at its field', () => {
  test.each<[piece: string, by: string, path: string, message: string]>([
    ['enabled: true', 'enabeld: true', 'enabeld', 'unknown field'],
    ['max_phones', 'maximum', 'select.maximum', 'unknown field'],
    ['name: nightly\n', '', 'name', 'missing'],
    ['  bucket: my-phone-backups\n', '', 'export.bucket', 'missing'],
    ['retry: { attempts: 2 }', 'retry:', 'retry', 'value is missing'],
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
  ])('%s -> %s is an error of %s: %s', (piece, by, path, message) => {
    const errors = errorsOf(nightlyWith(piece, by));
    expect(paths(errors)).toEqual([path]);
    expect(errors[0]?.message).toContain(message);
    if (path !== '') expect(errors[0]?.message.startsWith(`${path}: `)).toBe(true);
  });

  test('reports a mapping where true or false is expected', () => {
    const errors = errorsOf(`${SMALLEST}\nenabled: { a: 1 }\n`);
    expect(errors.map(({ path }) => path)).toEqual(['enabled']);
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
  ])('%s -> %s has the hint: %s', (piece, by, hint) => {
    expect(errorsOf(nightlyWith(piece, by))[0]?.hint).toContain(hint);
  });

  test('gives no hint for an unknown field that is similar to none', () => {
    const [error] = errorsOf(nightlyWith('enabled: true', 'zzzzzz: true'));
    expect(error).not.toHaveProperty('hint');
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
