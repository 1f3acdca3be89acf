import { describe, expect, it } from 'vitest';
import { policyParts } from '../../../../scripts/docs/policy-page.ts';
import { cellIn, chineseCells } from '../../../../scripts/docs/words/translate.ts';

describe('the cells of docs/policy.md in Chinese', () => {
  it('are all used', () => {
    const cells = Object.values(policyParts('en'))
      .flatMap((text) => text.split('\n'))
      .flatMap((line) => line.slice(2, -2).split(' | '));
    const texts = new Set(cells.flatMap((cell) => [cell, ...cell.split('; ')]));
    expect([...chineseCells.keys()].filter((text) => !texts.has(text))).toEqual([]);
  });

  it('keep the numbers and the code of the text in English', () => {
    const namesIn = (text: string) => new Set(text.match(/`[^`]+`|\d+/g));
    for (const [english, chinese] of chineseCells) {
      expect(namesIn(chinese), english).toEqual(namesIn(english));
    }
  });

  it('are missed with an error that names the text', () => {
    expect(cellIn('en', 'a new text')).toBe('a new text');
    expect(() => cellIn('zh', 'a new text')).toThrow(
      'no Chinese in scripts/docs/words/ for: a new text',
    );
  });
});
