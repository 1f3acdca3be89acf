import { describe, expect, it } from 'vitest';
import { isFreshnessHint } from '../../../lib/ledger/hints/freshness.ts';
import { isHeartbeatHint } from '../../../lib/ledger/hints/heartbeat.ts';
import { isHint } from '../../../lib/ledger/hints/hints.ts';
import { isInventoryRequest } from '../../../lib/ledger/hints/inventory-request.ts';
import { isLookupHint } from '../../../lib/ledger/hints/lookup.ts';
import { isMissedHint } from '../../../lib/ledger/hints/missed-slots.ts';
import { isSweepHint } from '../../../lib/ledger/hints/sweep.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { T0 } from '../../support/runs.ts';

const kinds = [
  isMissedHint,
  isLookupHint,
  isFreshnessHint,
  isHeartbeatHint,
  isInventoryRequest,
  isSweepHint,
];

/** Checks that an id is known as a hint, by this kind alone. */
export function expectKind(id: string, is: (id: string) => boolean): void {
  expect(kinds.filter((isOne) => isOne(id))).toEqual([is]);
  expect(isHint(id)).toBe(true);
}

type Hint = {
  id: string;
  put: (store: Store) => Promise<unknown>;
  read: (store: Store, id: string) => Promise<unknown>;
  /** What is read after `put`. */
  value: object;
  is: (id: string) => boolean;
};

/** What every kind of hint that holds something must do. */
export function hintSuite(name: string, { id, put, read, value, is }: Hint): void {
  describe(`the hint of ${name}`, () => {
    it('is one object, however often it is written', async () => {
      const store = memoryStore(playClock(T0));
      expect(await read(store, id)).toBeUndefined();
      await put(store);
      await put(store);
      expect((await store.list('')).map(({ key }) => key)).toEqual([layout.hint(id)]);
      expect(await read(store, id)).toEqual(value);
    });

    it.each([
      ['broken', 'object_invalid'],
      ['{"version":1,"type":"other"}', 'object_invalid'],
      ['{"version":9}', 'object_newer'],
    ])('throws when it holds %j', async (body, code) => {
      const store = memoryStore(playClock(T0));
      await store.put(layout.hint(id), body);
      await expect(read(store, id)).rejects.toMatchObject({ code });
    });

    it('is recognised by its id, as one kind only', () => {
      expectKind(id, is);
      expect(is(`x-${id}`)).toBe(false);
      expect(isHint(`x-${id}`)).toBe(false);
    });
  });
}
