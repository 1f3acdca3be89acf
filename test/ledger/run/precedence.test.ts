import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../lib/ledger/run/events.ts';
import { addOnce, earliest, latest, moreCertain } from '../../../lib/ledger/run/precedence.ts';

const results = ['lost', 'failed', 'succeeded'] as const;
const ended = (at: number, result: (typeof results)[number], code?: string): EventOf<'ended'> => ({
  ...{ type: 'ended', at, phone_id: 'p1', attempt: 1, result },
  ...(code === undefined ? {} : { code }),
});
const anyEnded = fc
  .record({ at: fc.nat(3), result: fc.constantFrom(...results), code: fc.constantFrom('a', 'b') })
  .map(({ at, result, code }) => ended(at, result, code));

describe('moreCertain', () => {
  it('lets a result only become more certain, whichever is read first', () => {
    const [lost, failed, done] = [ended(1, 'lost'), ended(3, 'failed'), ended(2, 'succeeded')];
    expect(moreCertain(lost, failed)).toBe(failed);
    expect(moreCertain(failed, lost)).toBe(failed);
    expect(moreCertain(done, failed)).toBe(done);
    expect(moreCertain(undefined, lost)).toBe(lost);
  });

  it('keeps the earlier of two equally certain results', () => {
    expect(moreCertain(ended(5, 'failed'), ended(4, 'failed')).at).toBe(4);
    expect(moreCertain(ended(4, 'failed'), ended(5, 'failed')).at).toBe(4);
  });
});

describe('events that two readers see in another order', () => {
  const orders = fc
    .array(anyEnded, { minLength: 1, maxLength: 6 })
    .chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
  it.each([
    ['the most certain', moreCertain],
    ['the earliest', earliest],
    ['the latest', latest],
  ])('come to the same as %s', (_, choose) => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const result = (list: EventOf<'ended'>[]) =>
          list.reduce<EventOf<'ended'> | undefined>(
            (known, event) => choose(known, event),
            undefined,
          );
        expect(result(one)).toEqual(result(other));
      }),
    );
  });

  it('come to the same list, sorted, with one event a time and code', () => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const listOf = (events: EventOf<'ended'>[]) => {
          const list: { at: number; code: string }[] = [];
          for (const { at, code = '', result } of events)
            addOnce(list, { at, code, ...{ result } });
          return list;
        };
        const list = listOf(one);
        expect(list).toEqual(listOf(other));
        expect(new Set(list.map(({ at, code }) => `${at} ${code}`)).size).toBe(list.length);
        expect(list.map(({ at }) => at)).toEqual(list.map(({ at }) => at).sort());
      }),
    );
  });
});
