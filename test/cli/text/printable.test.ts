import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, toJson } from '../../../cli/text/printable.ts';

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

  it('does not change JSON, which parses to the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const json = toJson({ text });
        expect(printable(json)).toBe(json);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
