import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes } from '../../../../local/obs/storage/byte-order.ts';
import { createRecords } from '../../../../local/obs/storage/records.ts';

const record = (key: string, size = 0) => ({
  key,
  size,
  etag: '',
  lastModified: 0,
  contentType: undefined,
  metadata: {},
});

it('agrees with a sorted map after any changes', () => {
  const key = fc.stringMatching(/^[ab/\u{1F600}\uFF5E]{1,3}$/u);
  const change = fc.record({ key, size: fc.option(fc.nat(9)) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const records = createRecords();
      const model = new Map<string, number>();
      for (const { key: name, size } of changes) {
        if (size === null) records.delete(name);
        else records.set(record(name, size));
        if (size === null) model.delete(name);
        else model.set(name, size);
      }
      const keys = [...model.keys()].sort(compareBytes);
      expect(records.withPrefix('').map((found) => found.key)).toEqual(keys);
      expect(records.withPrefix('a').map((found) => found.key)).toEqual(
        keys.filter((name) => name.startsWith('a')),
      );
      for (const name of keys) expect(records.get(name)?.size).toBe(model.get(name));
    }),
  );
});
