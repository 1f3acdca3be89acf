import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonError } from '../../../cli/invoke/json-error.ts';

describe('firstJsonError', () => {
  it('finds an invalid token at the start of any line', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, choice) => {
        const text = JSON.stringify(JSON.parse(json), null, 1);
        const starts = [...text.matchAll(/^\s*/gm)].map(
          ({ index, 0: space }) => index + space.length,
        );
        const at = starts[choice % starts.length] ?? 0;
        expect(firstJsonError(`${text.slice(0, at)}?${text.slice(at)}`)).toBe(at);
      }),
    );
  });

  it('returns the end of the text for valid and for truncated JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, choice) => {
        expect(firstJsonError(text)).toBe(text.length);
        expect(firstJsonError(text.slice(0, choice % text.length))).toBeLessThanOrEqual(
          text.length,
        );
      }),
    );
  });
});
