import { describe, expect, it } from 'vitest';
import { digest, hint, ignore, merge } from '../../../lib/runtime/events/parsed-event.ts';

const lookup = { change: 'created' as const, phones: ['p1'], servers: [], others: [] };

describe('hint', () => {
  it.each([
    ['a plain id in lower case', 'F828AB77-1c52', 'trace-f828ab77-1c52'],
    ['a hash of an id that no key may contain', '../../runs/x', `trace-${digest('../../runs/x')}`],
    ['a hash of a long id', 'x'.repeat(65), `trace-${digest('x'.repeat(65))}`],
  ])('is named after %s', (_what, id, expected) => {
    expect(hint('trace', id, lookup)).toEqual({ hints: [{ id: expected, lookup }], ignored: [] });
  });

  it('is split so that each names at most 1,000 ids, and none is lost', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);
    const of = (phones: string[]) => hint('message', 'm', { ...lookup, phones, servers: ['s1'] });
    expect(of(ids(999)).hints).toHaveLength(1);
    const { hints } = of(ids(2_000));
    expect(hints.map(({ id }) => id)).toEqual(['message-m', 'message-m-2', 'message-m-3']);
    expect(hints.flatMap((one) => one.lookup.phones)).toEqual(ids(2_000));
    expect(hints.map((one) => one.lookup.servers)).toEqual([[], [], ['s1']]);
    expect(of(ids(50_000))).toEqual(ignore('too_many_ids'));
  });
});

describe('merge', () => {
  it('keeps the order of hints and reasons', () => {
    const one = hint('trace', 'a', lookup);
    const two = hint('trace', 'b', lookup);
    expect(merge([one, ignore('not_json'), two, ignore('other_trace')])).toEqual({
      hints: [...one.hints, ...two.hints],
      ignored: ['not_json', 'other_trace'],
    });
    expect(merge([])).toEqual({ hints: [], ignored: [] });
  });
});
