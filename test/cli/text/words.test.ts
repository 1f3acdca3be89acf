import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colours } from '../../../cli/text/colour.ts';
import { fold, foldCommand } from '../../../cli/text/fold.ts';
import { count } from '../../../cli/text/plural.ts';
import { printable, toJson } from '../../../cli/text/printable.ts';
import { size } from '../../../cli/text/size.ts';
import { ago, duration, inZone } from '../../../cli/text/time.ts';

describe('fold', () => {
  it.each([
    ['one two three', 8, 'one two\n  three'],
    ['  one two three', 9, '  one two\n    three'],
    ['one two', Infinity, 'one two'],
    ['one\ntwo three', 5, 'one\ntwo\n  three'],
    ['a-word-that-does-not-fit here', 8, 'a-word-that-does-not-fit\n  here'],
    ['', 8, ''],
  ])('folds %j at %i', (text, columns, expected) => {
    expect(fold(text, columns)).toBe(expected);
  });

  it('loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (list, columns) => {
        expect(fold(list.join(' '), columns).split(/\s+/).filter(Boolean)).toEqual(list);
      }),
    );
  });

  it('breaks a command line so that it can be copied', () => {
    expect(foldCommand('  $ phonevault runs --max 3', 20)).toBe(
      '  $ phonevault \\\n      runs --max 3',
    );
  });
});

describe('time', () => {
  const at = Date.UTC(2026, 0, 2, 18, 30, 5);

  it.each([
    ['UTC', '2026-01-02 18:30:05 +00:00'],
    ['Asia/Shanghai', '2026-01-03 02:30:05 +08:00'],
    ['America/St_Johns', '2026-01-02 15:00:05 -03:30'],
  ])('is told on the wall of %s', (zone, expected) => {
    expect(inZone(at, zone)).toBe(expected);
  });

  it('tells midnight as 00', () => {
    expect(inZone(Date.UTC(2026, 0, 2), 'UTC')).toBe('2026-01-02 00:00:00 +00:00');
  });

  it.each([
    [0, '0 s', 'just now'],
    [999, '1 s', 'just now'],
    [65_000, '1 min 5 s', '1 min ago'],
    [3_600_000, '1 h', '1 h ago'],
    [59_999, '1 min', '59 s ago'],
    [93_600_000, '1 d 2 h', '1 d ago'],
    [86_460_000, '1 d', '1 d ago'],
    [-7_200_000, '2 h', 'in 2 h'],
  ])('of %i ms reads %j, %j', (ms, length, distance) => {
    expect([duration(ms), ago(ms)]).toEqual([length, distance]);
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [3_449, '3.4 KB'],
  [99_940, '99.9 KB'],
  [99_960, '100 KB'],
  [999_600, '1.0 MB'],
  [12_000_000_000, '12.0 GB'],
  [5e18, '5000 PB'],
])('%i bytes are %s', (bytes, expected) => {
  expect(size(bytes)).toBe(expected);
});

it('counts things', () => {
  expect([count(0, 'run'), count(1, 'run'), count(2, 'policy', 'policies')]).toEqual([
    '0 runs',
    '1 run',
    '2 policies',
  ]);
});

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%j on a terminal %s: %s', (env, terminal, expected) => {
    const io = { env, outIsTerminal: terminal, errIsTerminal: !terminal };

    expect(colours(io).isColorSupported).toBe(expected);
  });

  it('asks each output by itself', () => {
    const io = { env: {}, outIsTerminal: false, errIsTerminal: true };

    expect(colours(io, 'err').isColorSupported).toBe(true);
    expect(colours(io, 'out').isColorSupported).toBe(false);
  });
});

describe('printable', () => {
  it.each([
    ['a\tb\nc', 'a\tb\nc'],
    ['\u001b[1mbold\u001b[22m', '\u001b[1mbold\u001b[22m'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['\u001b]0;x\u0007', '\\u{1b}]0;x\\u{7}'],
    ['a\rb', 'a\\u{d}b'],
    ['\u202egpj', '\\u{202e}gpj'],
    ['\u009b2J', '\\u{9b}2J'],
    ['云手机 é', '云手机 é'],
  ])('%j becomes %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  const unit = fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCharCode(code));

  it('leaves JSON as it is, which still means the same', () => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const json = toJson({ text });
        expect(printable(json)).toBe(json);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
