import { describe, expect, it } from 'vitest';
import { initialLimits } from '../../../lib/ledger/state/limits.ts';
import { noteAdmitted, noteThrottled, raise } from '../../../lib/run/reads/learn-rate.ts';
import {
  callsAllowed,
  nextCallAt,
  noteAnswered,
  noteSent,
  type Pace,
} from '../../../lib/run/reads/pace.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

/** Returns the same numbers from 0 to 1 for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed * 7_919;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

type Service = {
  /** Calls a minute at a time. */
  limit: (now: number) => number;
  /** The share of calls that are refused for no reason. */
  noise: number;
  window: 'fixed' | 'sliding';
  /** Whether a 429 names the limit. */
  isNamed: boolean;
};

/** Sends calls as fast as the pace allows. Returns the calls of each minute, and the pace at the end. */
function play(pace: Pace, service: Service, { minutes = 30, seed = 1 } = {}) {
  const random = seededRandom(seed);
  const counted: number[] = [];
  const accepted = Array<number>(minutes).fill(0);
  const refused = Array<number>(minutes).fill(0);
  const rates: number[] = [];
  for (let now = T0; now < T0 + minutes * MINUTE;) {
    const minute = Math.floor((now - T0) / MINUTE);
    rates[minute] = pace.calls_per_minute;
    if (callsAllowed(pace, now) === 0) {
      now = Math.max(now + 1, nextCallAt(pace, now));
      continue;
    }
    const sentAt = now;
    pace = noteSent(pace, sentAt);
    now += 20;
    const limit = service.limit(now);
    const from = service.window === 'fixed' ? Math.floor(now / MINUTE) * MINUTE : now - MINUTE + 1;
    while ((counted[0] ?? now) < from) counted.shift();
    const isOver = counted.length >= limit || random() < service.noise;
    counted.push(now);
    pace = noteAnswered(pace, sentAt, (now += 20));
    const counts = isOver ? refused : accepted;
    counts[minute] = (counts[minute] ?? 0) + 1;
    pace = isOver
      ? noteThrottled(pace, now, service.isNamed ? limit : undefined)
      : raise(noteAdmitted(pace, now), now);
  }
  return { pace, accepted, refused, rates };
}

const sum = (counts: number[]): number => counts.reduce((a, b) => a + b, 0);
const steady = (limit: number) => () => limit;
const { recent, blocked_until, calls_per_minute } = initialLimits;
const initial: Pace = { recent, blocked_until, calls_per_minute };
const calls = (count: number, at = T0): number[] => Array.from({ length: count }, () => at);
const KINDS = (['fixed', 'sliding'] as const).flatMap((window) =>
  [true, false].map((isNamed) => ({ window, isNamed })),
);

describe('the learned rate', () => {
  it.each(KINDS)('finds every limit, with few refusals: $window, named $isNamed', (kind) => {
    for (const limit of [1, 3, 10, 30, 60, 140, 400]) {
      const minutes = limit < 60 ? 20 : 6;
      const { accepted, refused, pace } = play(
        initial,
        { ...kind, noise: 0, limit: steady(limit) },
        { minutes },
      );
      expect(pace.calls_per_minute, `limit ${limit}`).toBeGreaterThanOrEqual(limit);
      expect(sum(accepted.slice(3)) / (minutes - 3)).toBeGreaterThan(0.95 * limit);
      // One call shows every few minutes whether more are accepted by now.
      expect(sum(refused.slice(1))).toBeLessThanOrEqual(
        Math.max(minutes / 4 + 5, 0.02 * sum(accepted)),
      );
    }
  });

  it.each([
    { noise: 0.03, least: 0.7 },
    { noise: 0.1, least: 0.5 },
  ])('keeps $least of every limit when $noise of the calls are refused for no reason', (scene) => {
    const { noise, least } = scene;
    for (const kind of KINDS) {
      for (const limit of [8, 60, 120]) {
        const { accepted } = play(
          initial,
          { ...kind, noise, limit: steady(limit) },
          { seed: limit, minutes: 15 },
        );
        const share = sum(accepted.slice(5)) / 10 / limit;
        expect(share, `${limit} ${kind.window} ${kind.isNamed}`).toBeGreaterThan(least);
      }
    }
  });

  it.each(KINDS)('uses a limit again two minutes after noise: $window, named $isNamed', (kind) => {
    const noisy = play(initial, { ...kind, noise: 0.5, limit: steady(60) }, { minutes: 10 });
    const rested = { ...noisy.pace, recent: [], blocked_until: 0 };
    const { accepted } = play(rested, { ...kind, noise: 0, limit: steady(60) }, { minutes: 6 });
    expect(sum(accepted.slice(2)) / 4).toBeGreaterThan(0.9 * 60);
  });

  it('recovers from a rate of 1 that an earlier version remembered', () => {
    const low = {
      ...initial,
      calls_per_minute: 1,
      refused_rate: 2,
      throttled_at: T0 - 10 * MINUTE,
    };
    const service = { noise: 0, limit: steady(140), window: 'fixed', isNamed: false } as const;
    const { accepted } = play(low, service, { minutes: 4 });
    expect(sum(accepted.slice(2)) / 2).toBeGreaterThan(0.95 * 140);
  });

  it.each(
    KINDS.flatMap((kind) => [
      { ...kind, from: 300, to: 10 },
      { ...kind, from: 60, to: 50 },
      { ...kind, from: 60, to: 10 },
    ]),
  )(
    'follows a fall from $from to $to calls within two minutes: $window, named $isNamed',
    (kind) => {
      const { from, to } = kind;
      const limit = (now: number): number => (now < T0 + 10 * MINUTE ? from : to);
      const { accepted, refused } = play(initial, { ...kind, noise: 0, limit }, { minutes: 20 });
      expect(sum(accepted.slice(13)) / 7).toBeGreaterThan(0.8 * to);
      expect(sum(refused.slice(10, 12))).toBeLessThan(16);
      expect(sum(refused.slice(13))).toBeLessThan(to < 30 ? 8 : 0.05 * sum(accepted.slice(13)));
    },
  );

  it.each(KINDS)('follows a rise from 60 to 300 calls: $window, named $isNamed', (kind) => {
    const limit = (now: number): number => (now < T0 + 10 * MINUTE ? 60 : 300);
    const { accepted } = play(initial, { ...kind, noise: 0, limit }, { minutes: 14 });
    expect(Math.max(...accepted.slice(11, 14))).toBeGreaterThan(280);
  });
});

describe('noteThrottled', () => {
  const known = {
    ...initial,
    calls_per_minute: 60,
    refused_rate: 61,
    refusals: 2,
    throttled_at: 0,
  };

  it('keeps the rate after a single refusal, and pauses for a second', () => {
    const after = noteThrottled({ ...known, recent: calls(6) }, T0);
    expect(after).toMatchObject({ calls_per_minute: 60, blocked_until: T0 + 1_000 });
    expect(noteThrottled({ ...initial, recent: calls(1) }, T0).calls_per_minute).toBe(8);
  });

  it('falls to the number that the error names, and no lower', () => {
    const after = noteThrottled({ ...known, recent: calls(6) }, T0, 40);
    expect(after).toMatchObject({ calls_per_minute: 40, refused_rate: 41 });
    expect(noteThrottled({ ...known, recent: calls(31) }, T0, 30).calls_per_minute).toBe(30);
    expect(noteThrottled({ ...known, recent: calls(6) }, T0, 100).calls_per_minute).toBe(60);
  });

  it('falls by half at most after three refusals in a row, and waits for a minute', () => {
    let pace = { ...known, recent: calls(5) };
    let now = T0;
    for (let refusal = 0; refusal < 3; refusal += 1) {
      pace = noteThrottled(noteSent(pace, now), now);
      now = pace.blocked_until;
    }
    expect(pace.calls_per_minute).toBe(30);
    expect(now).toBe(T0 + 3_000 + 60_200);
  });

  it('counts calls that were on their way at a refusal as part of it', () => {
    const first = noteThrottled({ ...known, recent: calls(9) }, T0);
    const second = noteThrottled({ ...first, recent: calls(9) }, T0 + 1);
    expect(second).toMatchObject({ refused_in_row: 1, blocked_until: first.blocked_until });
    expect(second.unexplained?.calls).toBe(7);
  });

  it('returns to the rate before a trial at once when the limit is confirmed', () => {
    const trial = { ...known, calls_per_minute: 61, refused_rate: undefined, tried_from: 60 };
    expect(noteThrottled({ ...trial, recent: calls(61) }, T0)).toMatchObject({
      ...{ calls_per_minute: 60, refused_rate: 61, refusals: 3, throttled_at: T0 },
    });
  });
});

describe('raise', () => {
  it.each<[string, Partial<Pace>, number]>([
    ['stay when fewer calls were sent than allowed', { recent: calls(7) }, 8],
    ['double when all were used', {}, 16],
    ['double up to the number that was refused', { refused_rate: 14 }, 13],
    ['stay below a number that was refused lately', { refused_rate: 9, throttled_at: T0 }, 8],
    [
      'try a refused number again after minutes',
      { refused_rate: 9, throttled_at: T0 - 4 * MINUTE },
      9,
    ],
    ['never exceed 1,200', { calls_per_minute: 1_199, recent: calls(1_199) }, 1_200],
  ])('calls a minute: %s', (_, known, expected) => {
    const after = raise({ ...initial, recent: calls(8), ...known }, T0);
    expect(after.calls_per_minute).toBe(expected);
    const before = known.calls_per_minute ?? 8;
    expect(after.grown_at).toBe(expected > before ? T0 : undefined);
  });

  it('tries a number again after 30 s if it was refused once, else sooner when it has many calls', () => {
    const full = {
      ...initial,
      calls_per_minute: 60,
      recent: calls(60),
      refused_rate: 61,
      refusals: 2,
    };
    const after = (ms: number) => raise({ ...full, throttled_at: T0 - ms }, T0).calls_per_minute;
    expect([after(2 * MINUTE - 1), after(2 * MINUTE)]).toEqual([60, 61]);
    const once = { ...full, refusals: 1, throttled_at: T0 - MINUTE / 2 };
    expect(raise(once, T0).calls_per_minute).toBe(68);
  });

  it('doubles the step once a number is accepted that was refused before', () => {
    const full = {
      ...initial,
      ...{ refused_rate: 9, refusals: 2 },
      throttled_at: T0 - 5 * MINUTE,
      recent: calls(8),
    };
    const rates: number[] = [];
    let pace = raise(full, T0);
    for (let step = 0; step < 4; step += 1) {
      rates.push(pace.calls_per_minute);
      pace = raise({ ...pace, recent: calls(pace.calls_per_minute) }, T0);
    }
    expect(rates).toEqual([9, 10, 12, 16]);
  });
});
