import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, visible, visibleAll, visibleJson } from '../lib/visible.ts';
import { HOSTILE_NAMES, UNSAFE_TEXT } from '../testing/hostile-names.ts';

describe('visible', () => {
  it.each([
    ['a\nb', 'a\\u{a}b'],
    ['a\u061cb', 'a\\u{61c}b'],
    ['a\u{e0041}', 'a\\u{e0041}'],
    ['a\ud800b', 'a\\u{d800}b'],
    ['\u001b[8mx', '\\u{1b}[8mx'],
    ['云手机 é 📱 عربي', '云手机 é 📱 عربي'],
  ])('%j becomes %j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe('visibleAll', () => {
  it.each(Object.entries(HOSTILE_NAMES))('leaves one short line of %s', (_, name) => {
    const { phones } = visibleAll({ phones: [{ phone_name: name, code: name }] });
    for (const text of Object.values(phones[0] ?? {})) {
      expect(text).not.toMatch(UNSAFE_TEXT);
      expect(text).not.toContain('\n');
    }
    expect(phones[0]?.phone_name.length).toBeLessThanOrEqual(80 * '\\u{1b}'.length);
  });

  it('indents the further lines of a message', () => {
    expect(visibleAll({ message: 'invalid\nline\r 3' })).toEqual({
      message: 'invalid\n  line\\u{d} 3',
    });
  });

  it('leaves everything but texts as it is', () => {
    const value = { a: [1, null, true, undefined, { b: 'c' }] };
    expect(visibleAll(value)).toEqual(value);
  });
});

describe('cutText', () => {
  it('never ends with half a character', () => {
    expect(cutText('a📱', 2)).toBe('a');
    expect(cutText('a📱', 3)).toBe('a📱');
  });
});

describe('visibleJson', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0xe0000, max: 0xe007f }).map((code) => String.fromCodePoint(code)),
  );

  it('holds visible characters only, and parses to the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const json = visibleJson({ text });
        expect(json).not.toMatch(UNSAFE_TEXT);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
