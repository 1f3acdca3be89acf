import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { takeLease } from '../../../lib/ledger/lease/lease.ts';
import { type Conditional, LIST_LAG_MS } from '../../../lib/ledger/store/store.ts';
import type { OpenLedger } from '../store/store-suite.ts';

const TTL = 90_000;

/** The rules of the lease, on any store. `conditional`: how the store handles a conditional PUT. */
export function leaseSuite(open: OpenLedger, conditional: Conditional): void {
  const setUp = async () => {
    const { clock, store } = await open();
    const take = (holder: string) => takeLease(store, { clock, holder, ttlMs: TTL });
    return { clock, store, take };
  };

  describe(`takeLease, conditional PUT ${conditional}`, () => {
    it('gives the lease to one drive at a time', async () => {
      const { take } = await setUp();
      const first = await take('a');
      expect(first?.epoch).toBe(1);
      expect(first?.conditional).toBe(conditional);
      expect(await take('b')).toBeUndefined();
    });

    it('gives the lease to the next drive after a release or its expiry', async () => {
      const { clock, take } = await setUp();
      await (await take('a'))?.release();
      const second = await take('b');
      expect(second?.epoch).toBe(2);
      clock.move(TTL + 1);
      const third = await take('c');
      expect(third?.epoch).toBe(3);
      expect(await second?.stillHeld()).toBe(false);
      expect(await third?.stillHeld()).toBe(true);
    });

    it('ignores the release of an expired holder', async () => {
      const { clock, take } = await setUp();
      const dead = await take('a');
      clock.move(TTL + 1);
      const living = await take('b');
      await dead?.release();
      expect(await living?.stillHeld()).toBe(true);
      expect(await take('c')).toBeUndefined();
    });

    it.runIf(conditional === 'honoured')(
      'gives the lease to one of many concurrent drives',
      async () => {
        const { take } = await setUp();
        for (let epoch = 1; epoch <= 10; epoch += 1) {
          const asked = Array.from({ length: 8 }, (_, n) => take(`h${n}`));
          const taken = (await Promise.all(asked)).filter((lease) => lease !== undefined);
          expect(taken.map((lease) => lease.epoch)).toEqual([epoch]);
          await taken[0]?.release();
        }
      },
    );

    it('treats an unreadable lease as valid until every LIST shows what its holder wrote', async () => {
      const { clock, store, take } = await setUp();
      await store.put(layout.lease(7), '{"version":9}');
      clock.move(TTL + 2_000);
      expect(await take('a')).toBeUndefined();
      clock.move(LIST_LAG_MS);
      expect((await take('a'))?.epoch).toBe(8);
    });
  });
}
