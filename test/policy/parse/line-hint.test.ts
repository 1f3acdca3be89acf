import { expect, test } from 'vitest';
import { lineHint } from '../../../lib/policy/parse/line-hint.ts';
import { errorsOf, nightlyWith } from '../support/errors.ts';

test.each([
  ['deadline: 2h', 'deadline:1h', 'Put a space after the colon. Write "deadline: 1h".'],
  ['deadline: 2h', 'deadline： 1h', 'The colon is a full-width one (：). Write "deadline: 1h".'],
  [
    '[/data/data, /data/media/0]',
    '\n    -/data/data\n    -/data/media/0',
    'Put a space after each dash',
  ],
  ['{ attempts: 2 }', '\n  attempts:2', 'Put a space after the colon. Write "attempts: 2".'],
  ['[/data/data,', '[“/data/data”,', 'Use straight quotes.'],
  ['attempts: 2', 'attempts:2', 'Put a space after the colon. Write "attempts: 2".'],
  ['name: "game-*"', 'name: *', 'Put the value in quotes: name: "*".'],
  ['name: "game-*"', 'name: *-x', 'put text that starts with * in quotes: "*-x".'],
  ['"0 30 2 * * *"', '* * * * * *', 'Put the value in quotes: cron: "* * * * * *".'],
  ['deadline: 2h', 'deadline: 2h\u00a0', 'the invisible character \\u{a0}'],
  [
    'Asia/Shanghai, start',
    'Asia/Shanghai，start',
    '， is a full-width character. Write , instead.',
  ],
  ['deadline: 2h', 'deadline: ２h', '２ is a full-width character. Write 2 instead.'],
  ['deadline: 2h', 'deadline: “2h”', 'Use straight quotes.'],
  ['deadline: 2h', 'deadline:\u00a02h', 'the invisible character \\u{a0}'],
  ['my-phone', '\u200bmy-phone', 'the invisible character \\u{200b}'],
  ['enabled: true', 'enab\u200bled: true', 'the invisible character \\u{200b}'],
  ['enabled: true', 'enabled:\u3000true', 'the invisible character \\u{3000}'],
  ['deadline: 2h', 'deadline：２ｈ；', 'full-width one (：). Write "deadline: 2h".'],
  ['deadline: 2h', 'deadline∶ 2h', 'A name ends with a colon, not with ∶. Write "deadline: 2h".'],
  ['deadline: 2h', 'deadline = 2h', 'A name ends with a colon, not with =. Write "deadline: 2h".'],
  ['deadline: 2h', 'deadline; 2h', 'A name ends with a colon, not with ;. Write "deadline: 2h".'],
  ['deadline: 2h', 'deadline: 2h retry: x', 'Put each field on its own line'],
  ['deadline: 2h', '<<<<<<< HEAD\ndeadline: 2h', 'Resolve the merge conflict in the file.'],
  ['deadline: 2h', '// two hours\ndeadline: 2h', 'A comment starts with #.'],
  ['deadline: 2h', 'deadline: ②h', '② only looks like 2. Write 2 instead.'],
  ['enabled: true', 'enab\u00adled: true', 'the invisible character \\u{ad}'],
  ['my-phone', 'my\u2013phone', '\u2013 only looks like -. Write - instead.'],
  ['deadline: 2h', 'deadline :2h', 'Put a space after the colon. Write "deadline: 2h".'],
  [
    '[/data/data, /data/media/0]',
    '【/data/data】',
    '【 is a full-width character. Write [ instead.',
  ],
  ['[/data/data, /data/media/0]', '\n    — /data/data', '— only looks like -. Write - instead.'],
  ['name: "game-*"', 'name: @game', 'Put the value in quotes: name: "@game".'],
  ['name: "game-*"', 'name: ?', 'Put the value in quotes: name: "?".'],
  ['name: "game-*"', 'name: [a-z]*', 'Put the value in quotes: name: "[a-z]*".'],
  ['"{policy}/{date}"', '{policy}/{date}', 'quotes: object_path: "{policy}/{date}".'],
])('%j -> %j has the hint %s', (piece, by, hint) => {
  expect(errorsOf(nightlyWith(piece, by))[0]?.hint).toContain(hint);
});

test('shows spaces that look like a common one', () => {
  const [error] = errorsOf(nightlyWith('deadline: 2h', 'deadline: 2h\u00a0'));
  expect(error?.found).toBe('"2h\\u{a0}"');
});

test.each([
  'deadline: 1h',
  'deadline: 1h # 一小时，最多　“2h”',
  'include: [/data/data]',
  'name: "*"',
  '',
])('has no hint for %j', (line) => {
  expect(lineHint(line)).toBeUndefined();
});
