import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes, lowerBound } from '../../../../local/obs/storage/byte-order.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });

it('compares texts by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

it('finds the position of a key in a sorted list', () => {
  fc.assert(
    fc.property(fc.array(text), text, (keys, key) => {
      const sorted = keys.sort(compareBytes);
      const found = lowerBound(sorted, key, (item) => item);
      expect(found).toBe(sorted.filter((item) => compareBytes(item, key) < 0).length);
    }),
  );
});
