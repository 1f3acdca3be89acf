import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { missingSince, type RunState, startState } from '../../../lib/ledger/run/run-state.ts';
import { plannedPhone } from '../../support/runs.ts';

const id = fc.constantFrom('p1', 'p2');
const at = fc.integer({ min: 1, max: 50 });
const number = fc.integer({ min: 1, max: 2 });
const window = fc.constantFrom('w1', 'w2');
const own = { at, phone_id: id, attempt: number };
const code = fc.constantFrom('a', 'b');
const to = fc.constantFrom('jobs' as const, 'archives' as const);
const attempts = id.chain((phone_id) => number.map((n) => [{ phone_id, attempt: n }]));

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ type: fc.constant('intent' as const), at, window, attempts }),
  fc.record({ type: fc.constant('unsent' as const), at, window, attempts }),
  fc.record({
    ...{ type: fc.constant('postponed' as const), at, window, attempts, until: at },
    code: fc.constantFrom('CPS.0042', 'HTTP.408'),
  }),
  fc.record({
    type: fc.constant('accepted' as const),
    ...own,
    job_id: fc.constantFrom('j1', 'j2'),
    request_id: fc.constant('r'),
  }),
  fc.record({
    type: fc.constantFrom('outcome_unknown' as const, 'absent' as const, 'unlisted' as const),
    ...own,
  }),
  fc.record({ type: fc.constant('listed' as const), ...own }),
  fc.record({ type: fc.constant('refused' as const), ...own, code }),
  fc.record({ type: fc.constant('archive_rejected' as const), ...own, reason: code }),
  fc.record({ type: fc.constant('verified' as const), ...own, size: at, etag: code }),
  fc.record({
    type: fc.constant('ended' as const),
    ...own,
    result: fc.constantFrom('succeeded' as const, 'failed' as const, 'lost' as const),
    took: at,
  }),
  fc.record({ type: fc.constant('ready' as const), at, phone_id: id }),
  fc.record({ type: fc.constant('cancel_seen' as const), at }),
  fc.record({
    type: fc.constant('outcome' as const),
    at,
    phone_id: id,
    outcome: fc.constantFrom('skipped' as const, 'timed_out' as const),
    reason: code,
  }),
  fc.record({ type: fc.constant('batch_size_reduced' as const), at, size: number }),
  fc.record({ type: fc.constantFrom('outage_started' as const, 'outage_ended' as const), at, to }),
  fc.record({ type: fc.constant('notified' as const), at, message_id: code }),
  fc.record({
    type: fc.constantFrom('notify_failed' as const, 'step_failed' as const),
    at,
    code,
    message: code,
  }),
  fc.record({ type: fc.constant('not_done' as const), at, step: code, code, message: code }),
  fc.record({
    type: fc.constant('superseded_deleted' as const),
    at,
    key: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    type: fc.constant('delete_intent' as const),
    ...{ at, phone_id: id, attempt: number },
    key: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    type: fc.constant('delete_refused' as const),
    ...{ at, code },
    key: fc.constantFrom('a', 'b'),
  }),
  fc.record({ type: fc.constant('delete_failed' as const), at, code, message: code }),
);

const start = (): RunState => startState([plannedPhone('p1'), plannedPhone('p2')]);

const many = fc.array(event, { maxLength: 30 });

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
        many.chain((events) =>
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
      fc.property(many, (events) => {
        expect(plain(fold(start(), [...events, ...events]))).toEqual(plain(fold(start(), events)));
      }),
    );
  });

  it('keeps the success of an attempt when another job of it fails or is lost', () => {
    const own = { at: 1, phone_id: 'p1', attempt: 1 };
    const events: RunEvent[] = [
      { type: 'ended', ...own, result: 'succeeded' },
      { type: 'ended', ...own, at: 2, result: 'lost' },
      { type: 'ended', ...own, at: 3, result: 'failed' },
    ];
    const state = fold(start(), events);
    expect(state.phones.get('p1')?.attempts.get(1)?.ended?.result).toBe('succeeded');
  });

  it('ignores events of phones that are not in the plan', () => {
    const state = fold(start(), [{ type: 'ready', at: 1, phone_id: 'elsewhere' }]);
    expect(state.phones.size).toBe(2);
  });
});

describe('the state of a run', () => {
  const own = { phone_id: 'p1', attempt: 1 };
  const folded = (...events: RunEvent[]): RunState => fold(start(), events);
  const attemptOf = (state: RunState, phone = 'p1', number = 1) =>
    state.phones.get(phone)?.attempts.get(number);

  it('starts empty', () => {
    expect(plain(startState([]))).toEqual(
      plain({
        ...{ phones: new Map(), postponed: [], acceptedAt: 0, longestExport: 0 },
        ...{ changed: new Set<string>(), jobsOf: new Map<string, number>() },
        outages: {
          jobs: { missingAt: [], presentAt: 0 },
          archives: { missingAt: [], presentAt: 0 },
        },
        ...{ deletions: new Map(), deleteFailures: [], notifyFailures: [], failures: [] },
        notDone: new Map(),
      }),
    );
  });

  it('holds since when a step was not done, and what gave it up', () => {
    const event = (at: number, final?: true): RunEvent => ({
      ...{ type: 'not_done', at, step: 'index', code: 'service', message: 'no' },
      ...(final === undefined ? {} : { final }),
    });
    expect(folded(event(5), event(3)).notDone).toEqual(new Map([['index', { since: 3 }]]));
    expect(folded(event(9, true), event(7, true), event(3)).notDone).toEqual(
      new Map([['index', { since: 3, final: event(7, true) }]]),
    );
  });

  it('holds the postponed calls, and keeps their attempts unsent', () => {
    const call = { type: 'postponed', window: 'w1', code: 'CPS.0042' } as const;
    const state = folded(
      { ...call, attempts: [own], at: 9, until: 20 },
      { type: 'intent', at: 4, window: 'w1', attempts: [own] },
      { ...call, attempts: [own], at: 5, until: 8 },
    );
    expect(state.postponed.map(({ until }) => until)).toEqual([8, 20]);
    expect(attemptOf(state)?.windows).toEqual(new Map([['w1', 'unsent']]));
    expect(attemptOf(state)?.postponed?.until).toBe(20);
  });

  it('holds each attempt with its windows, and keeps an unsent window unsent', () => {
    const attempts = [own, { phone_id: 'p2', attempt: 2 }, { phone_id: 'elsewhere', attempt: 1 }];
    const state = folded(
      { type: 'intent', at: 5, window: 'w1', attempts },
      { type: 'unsent', at: 6, window: 'w1', attempts },
      { type: 'intent', at: 4, window: 'w1', attempts: [own] },
      { type: 'intent', at: 9, window: 'w2', attempts: [own] },
    );
    expect(attemptOf(state)?.windows).toEqual(
      new Map([
        ['w1', 'unsent'],
        ['w2', 'open'],
      ]),
    );
    expect(attemptOf(state)?.intentAt).toBe(9);
    expect(attemptOf(state, 'p2', 2)?.intentAt).toBe(5);
    expect(state.phones.size).toBe(2);
  });

  it('holds every accepted job once, the earliest first, and when CPH last accepted a phone', () => {
    const job = (at: number, job_id: string): RunEvent => ({
      ...{ type: 'accepted', at, ...own, job_id, request_id: 'r' },
    });
    const state = folded(job(5, 'b'), job(3, 'c'), job(7, 'c'), job(5, 'a'), job(2, 'b'));
    expect(attemptOf(state)?.accepted.map(({ at, job_id }) => [at, job_id])).toEqual([
      [2, 'b'],
      [3, 'c'],
      [5, 'a'],
    ]);
    for (const [first, second] of [
      ['y', 'z'],
      ['z', 'y'],
    ] as const) {
      const even = folded(job(5, first), job(5, second));
      expect(attemptOf(even)?.accepted.map(({ job_id }) => job_id)).toEqual(['y', 'z']);
    }
    expect(state.acceptedAt).toBe(7);
    const foreign = folded({ ...job(8, 'b'), phone_id: 'elsewhere' } as RunEvent);
    expect(foreign.acceptedAt).toBe(8);
  });

  it('prefers a success to a failure to a lost job, then the earliest end, and holds the longest successful export', () => {
    const end = (at: number, result: 'succeeded' | 'failed' | 'lost', took?: number): RunEvent => ({
      ...{ type: 'ended', at, ...own, result },
      ...(took === undefined ? {} : { took }),
    });
    const of = (...events: RunEvent[]) => attemptOf(folded(...events))?.ended;
    expect(of(end(2, 'lost'), end(3, 'failed'))).toMatchObject({ result: 'failed', at: 3 });
    expect(of(end(3, 'failed'), end(2, 'lost'))).toMatchObject({ result: 'failed', at: 3 });
    expect(of(end(3, 'failed'), end(5, 'succeeded'))).toMatchObject({ result: 'succeeded' });
    expect(of(end(3, 'failed'), end(2, 'failed'), end(4, 'failed'))).toMatchObject({ at: 2 });
    const state = folded(end(1, 'succeeded', 40), end(2, 'succeeded', 30), end(3, 'failed', 90));
    expect(state.longestExport).toBe(40);
    expect(folded(end(1, 'succeeded')).longestExport).toBe(0);
    const foreign = { ...end(1, 'succeeded', 70), phone_id: 'elsewhere' } as RunEvent;
    expect(folded(foreign).longestExport).toBe(0);
  });

  it.each([
    ['refused', 'refused'],
    ['outcome_unknown', 'unknown'],
    ['absent', 'absent'],
    ['archive_rejected', 'rejected'],
    ['verified', 'verified'],
  ] as const)('keeps the earliest %s', (type, field) => {
    const details = {
      refused: { code: 'CPS.0004' },
      unknown: {},
      absent: {},
      rejected: { reason: 'response_lost' },
      verified: { size: 9_000, etag: 'e' },
    }[field];
    const at = (time: number) => ({ type, at: time, ...own, ...details }) as RunEvent;
    expect(attemptOf(folded(at(5), at(3), at(4)))?.[field]).toEqual(at(3));
    expect(folded({ ...at(1), phone_id: 'elsewhere' } as RunEvent)).toEqual(start());
  });

  it('holds the latest time at which a phone was ready, and its earliest outcome', () => {
    const ready = (at: number): RunEvent => ({ type: 'ready', at, phone_id: 'p1' });
    const outcome = (at: number, phone_id = 'p1'): RunEvent => ({
      ...{ type: 'outcome', at, phone_id, outcome: 'skipped', reason: 'frozen' },
    });
    const state = folded(ready(3), ready(7), ready(5), outcome(6), outcome(4), outcome(1, 'x'));
    expect(state.phones.get('p1')?.readyAt).toBe(7);
    expect(state.phones.get('p1')?.outcome).toEqual(outcome(4));
    expect(state.phones.get('p2')).not.toHaveProperty('outcome');
  });

  it('holds the last reduced batch size, the first cancel and the first notification', () => {
    const state = folded(
      { type: 'batch_size_reduced', at: 5, size: 2 },
      { type: 'batch_size_reduced', at: 9, size: 1 },
      { type: 'batch_size_reduced', at: 7, size: 4 },
      { type: 'batch_size_reduced', at: 9, size: 8 },
      { type: 'cancel_seen', at: 6 },
      { type: 'cancel_seen', at: 4 },
      { type: 'notified', at: 8, message_id: 'late' },
      { type: 'notified', at: 3, message_id: 'm' },
    );
    expect(state.reduced).toEqual({ type: 'batch_size_reduced', at: 9, size: 8 });
    expect(state.cancelledAt).toBe(4);
    expect(state.notified).toMatchObject({ at: 3, message_id: 'm' });
  });

  it('holds each failure once, in order of time', () => {
    const failed = (at: number, code: string): RunEvent => ({
      ...{ type: 'notify_failed', at, code, message: '' },
    });
    const stepFailed = (at: number, code: string): RunEvent => ({
      ...{ type: 'step_failed', at, code, message: '' },
    });
    const state = folded(
      failed(5, 'a'),
      failed(3, 'b'),
      failed(5, 'a'),
      failed(5, 'c'),
      failed(6, 'a'),
      stepFailed(2, 'x'),
      stepFailed(1, 'x'),
    );
    const times = (list: { at: number; code: string }[]) =>
      list.map(({ at, code }) => `${at}${code}`);
    expect(times(state.notifyFailures)).toEqual(['3b', '5a', '5c', '6a']);
    expect(times(state.failures)).toEqual(['1x', '2x']);
  });

  it('holds what became of each deletion, and marks its attempt as superseded', () => {
    const intent = { type: 'delete_intent', at: 1, key: 'a', ...own } as const;
    const refused = { type: 'delete_refused', at: 3, key: 'a', code: 'AccessDenied' } as const;
    const state = folded(
      refused,
      { ...refused, at: 4, code: 'later' },
      intent,
      { ...intent, at: 2 },
      { type: 'superseded_deleted', at: 1, key: 'c', phone_id: 'elsewhere', attempt: 1 },
      { type: 'superseded_deleted', at: 1, key: 'd', phone_id: 'p2' },
    );
    expect([...state.deletions]).toEqual([
      ['a', { intent, refused }],
      ['c', { deleted: true }],
      ['d', { deleted: true }],
    ]);
    expect(attemptOf(state)?.deleted).toBe(true);
    expect(state.phones.get('p2')?.attempts.size).toBe(0);
  });

  it('holds each failed delete call once, in order of time', () => {
    const failed = (at: number): RunEvent => ({
      ...{ type: 'delete_failed', at, code: 'unreachable', message: '' },
    });
    const state = folded(failed(2), failed(1), failed(2));
    expect(state.deleteFailures).toEqual([failed(1), failed(2)]);
  });

  it('holds since when an archive or a service is missing, unless it was seen after that', () => {
    const seen = (type: 'listed' | 'unlisted', at: number): RunEvent => ({ type, at, ...own });
    const since = (...events: RunEvent[]) => {
      const listing = attemptOf(folded(...events))?.listing;
      return listing && missingSince(listing);
    };
    expect(since(seen('unlisted', 9), seen('unlisted', 5), seen('unlisted', 5))).toBe(5);
    expect(since(seen('unlisted', 5), seen('listed', 5))).toBeUndefined();
    expect(since(seen('listed', 5), seen('unlisted', 6), seen('unlisted', 3))).toBe(6);
    expect(since(seen('listed', 7), seen('listed', 2), seen('unlisted', 6))).toBeUndefined();
    const outages = (
      type: 'outage_started' | 'outage_ended',
      at: number,
      to: 'jobs' | 'archives',
    ): RunEvent => ({
      ...{ type, at, to },
    });
    const state = folded(
      outages('outage_started', 4, 'jobs'),
      outages('outage_started', 5, 'archives'),
      outages('outage_ended', 6, 'archives'),
    );
    expect(missingSince(state.outages.jobs)).toBe(4);
    expect(missingSince(state.outages.archives)).toBeUndefined();
  });
});
