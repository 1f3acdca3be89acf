import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smsText } from '../../../../lib/run/notify/message/sms.ts';

describe('smsText', () => {
  it.each([
    ['160 characters of GSM', 'a'.repeat(160), 'a'.repeat(161)],
    ['80 that count as two', '{'.repeat(80), '{'.repeat(81)],
    ['70 characters with a Chinese one', `机${'a'.repeat(69)}`, `机${'a'.repeat(70)}`],
  ])('takes %s, and no more', (_, fits, tooLong) => {
    expect(smsText([fits, 'short'])).toBe(fits);
    expect(smsText([tooLong, 'short'])).toBe('short');
  });

  it('replaces brackets, and what would halve the room of an English text', () => {
    expect(smsText(['【a】 [b] game-0020 … 0023, c… ×2 `d`'])).toBe(
      "(a) (b) game-0020..0023, c.. x2 'd'",
    );
  });

  it('cuts the last text at a whole character when none fits', () => {
    expect(smsText(['x'.repeat(400)])).toBe('x'.repeat(160));
    expect(smsText(['😀'.repeat(400)])).toBe('😀'.repeat(35));
  });

  it('fits into one text message whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), (texts) => {
        const sms = smsText(texts);
        expect(sms.length).toBeLessThanOrEqual(160);
        expect(sms).not.toMatch(/[[\]【】]/);
        if (/[^\n\r -~£¥§¡¿¤€À-ÿΑ-Ωαω]/u.test(sms)) expect(sms.length).toBeLessThanOrEqual(70);
      }),
    );
  });
});
