import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../lib/ledger/events.ts';
import { fold, type RunState, startState } from '../../lib/ledger/fold.ts';
import { plannedPhone } from '../support/runs.ts';

const id = fc.constantFrom('p1', 'p2');
const at = fc.integer({ min: 1, max: 50 });
const number = fc.integer({ min: 1, max: 2 });
const window = fc.constantFrom('w1', 'w2');
const own = { at, phone_id: id, try: number };
const tries = id.chain((phone_id) => number.map((n) => [{ phone_id, try: n }]));

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ type: fc.constant('intent' as const), at, window, tries }),
  fc.record({ type: fc.constant('unsent' as const), at, window, tries }),
  fc.record({
    type: fc.constant('accepted' as const),
    ...own,
    job_id: fc.constantFrom('j1', 'j2'),
    request_id: fc.constant('r'),
  }),
  fc.record({ type: fc.constant('doubtful' as const), ...own }),
  fc.record({ type: fc.constant('absent' as const), ...own }),
  fc.record({
    type: fc.constant('ended' as const),
    ...own,
    result: fc.constantFrom('succeeded' as const, 'failed' as const, 'lost' as const),
  }),
  fc.record({ type: fc.constant('ready' as const), at, phone_id: id }),
  fc.record({ type: fc.constant('cancel_seen' as const), at }),
  fc.record({ type: fc.constant('swept' as const), at, key: fc.constantFrom('a', 'b') }),
);

const start = (): RunState => startState([plannedPhone('p1'), plannedPhone('p2')]);

/** Ties at one instant may fall either way; real events of one kind differ in time. */
const distinct = fc
  .uniqueArray(event, {
    selector: (e) => JSON.stringify([e.type, e.at, 'phone_id' in e ? [e.phone_id] : []]),
    maxLength: 30,
  })
  .map((events) => events);

const plain = (state: RunState): unknown =>
  JSON.parse(
    JSON.stringify(state, (_, value: unknown) =>
      value instanceof Map
        ? [...(value as Map<unknown, unknown>)].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
        : value instanceof Set
          ? [...(value as Set<unknown>)].sort()
          : value,
    ),
  );

describe('fold', () => {
  it('gives the same state whatever the order of events', () => {
    fc.assert(
      fc.property(
        distinct.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(plain(fold(start(), shuffled))).toEqual(plain(fold(start(), events)));
        },
      ),
    );
  });

  it('gives the same state when events come twice', () => {
    fc.assert(
      fc.property(distinct, (events) => {
        expect(plain(fold(start(), [...events, ...events]))).toEqual(plain(fold(start(), events)));
      }),
    );
  });

  it('lets a success stand over a lost or failed job', () => {
    const own = { at: 1, phone_id: 'p1', try: 1 };
    const events: RunEvent[] = [
      { type: 'ended', ...own, result: 'succeeded' },
      { type: 'ended', ...own, at: 2, result: 'lost' },
      { type: 'ended', ...own, at: 3, result: 'failed' },
    ];
    const state = fold(start(), events);
    expect(state.phones.get('p1')?.tries.get(1)?.ended?.result).toBe('succeeded');
  });

  it('ignores events of phones that the plan does not hold', () => {
    const state = fold(start(), [{ type: 'ready', at: 1, phone_id: 'elsewhere' }]);
    expect(state.phones.size).toBe(2);
  });
});
