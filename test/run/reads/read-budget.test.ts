import { describe, expect, it } from 'vitest';
import { ReadsSpent } from '../../../lib/errors.ts';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import { createReadBudget } from '../../../lib/run/reads/read-budget.ts';
import { WINDOW_MS } from '../../../lib/run/reads/pace.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const SECOND = 1_000;
type Reads = Limits['reads'];

/** Returns the same numbers from 0 to 1 for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function budgetOf(learned: Partial<Reads> = {}) {
  const clock = playClock(T0);
  const logged: string[] = [];
  const note = (event: string, { reads_per_minute }: Record<string, number>): void =>
    void logged.push(`${event} ${reads_per_minute}`);
  const budget = createReadBudget({ clock, log: { info: note, warn: note } });
  const { calls_per_minute = initialLimits.reads.calls_per_minute } = learned;
  // More was refused long after: the limit stays.
  const known = { refused_rate: calls_per_minute + 1, throttled_at: T0 + 10 * 60 * MINUTE };
  budget.load({ ...initialLimits.reads, ...known, ...learned });
  /** Makes a read. Returns the time to wait until (ms after T0) when it must wait. */
  const read = (operation: string, outcome: 'ok' | 'throttled' = 'ok'): number | undefined => {
    try {
      budget.check(operation);
    } catch (error) {
      if (!(error instanceof ReadsSpent)) throw error;
      return error.until - T0;
    }
    budget.sent(operation);
    budget.answered(outcome);
    return undefined;
  };
  /** Reads until it must wait. Returns how many reads were sent. */
  const readAll = (operation: string): number => {
    for (let count = 0; ; count += 1) if (read(operation) !== undefined) return count;
  };
  return { clock, logged, budget, read, readAll };
}

describe('the read budget', () => {
  it('holds nothing back before it knows the learned limits', () => {
    const clock = playClock(T0);
    const log = { info: () => undefined, warn: () => undefined };
    const budget = createReadBudget({ clock, log });
    for (let call = 0; call < 1_000; call += 1) {
      budget.check('list-phones');
      budget.sent('list-phones');
    }
    expect(budget.allowed('fleet')).toBe(Number.POSITIVE_INFINITY);
    expect(budget.nextAt('fleet')).toBe(T0);
  });

  it.each([
    ['list-jobs', 40],
    ['show-phone', 35],
    ['tags', 35],
    ['list-phones', 26],
  ])('lets %s have %i of 40 reads a minute', (operation, count) => {
    expect(budgetOf().readAll(operation)).toBe(count);
  });

  it('keeps reads for following jobs, and some for phones when fleets are read', () => {
    const { readAll, read } = budgetOf();
    expect([readAll('list-phones'), readAll('show-phone'), readAll('list-jobs')]).toEqual([
      26, 9, 5,
    ]);
    expect(read('list-jobs')).toBe(WINDOW_MS);
  });

  it.each([
    [10, 30],
    [15, 25],
    [300, 20],
  ])('keeps %i calls for following jobs, at most half of all', (calls, forPhones) => {
    const { budget, readAll } = budgetOf();
    budget.keepForJobs(calls);
    expect(readAll('show-phone')).toBe(forPhones);
  });

  it('lets each kind have the only read of a minute', () => {
    for (const operation of ['list-jobs', 'show-phone', 'list-phones']) {
      expect(budgetOf({ calls_per_minute: 1 }).readAll(operation)).toBe(1);
    }
  });

  it('pauses all reads after a 429, and for a minute after the third in a row', () => {
    const { read, clock, budget } = budgetOf();
    expect(read('show-phone', 'throttled')).toBeUndefined();
    for (const operation of ['list-jobs', 'show-phone', 'list-phones']) {
      expect(read(operation)).toBe(SECOND);
    }
    expect(budget.allowed('jobs')).toBe(0);
    clock.move(SECOND);
    read('list-jobs', 'throttled');
    clock.move(2 * SECOND);
    read('list-jobs', 'throttled');
    expect(read('list-jobs')).toBe(3 * SECOND + WINDOW_MS);
    clock.move(WINDOW_MS);
    expect(read('list-jobs')).toBeUndefined();
  });

  it('falls to the accepted reads after three 429s in a row, at most by half', () => {
    for (const [accepted, rate] of [
      [30, 30],
      [1, 20],
    ] as const) {
      const { read, clock, logged } = budgetOf();
      for (let call = 0; call < accepted; call += 1) read('list-jobs');
      for (let refused = 0; refused < 3; refused += 1, clock.move(2 * SECOND)) {
        expect(logged).toEqual([]);
        read('list-jobs', 'throttled');
      }
      expect(logged).toEqual([`limits_lowered ${rate}`]);
    }
  });

  const unknown = { refused_rate: undefined, throttled_at: undefined };

  it('doubles whenever the reads of a minute do not suffice, until the first 429', () => {
    const { budget, read, readAll, clock, logged } = budgetOf(unknown);
    for (let call = 0; call < 35; call += 1) expect(read('show-phone')).toBeUndefined();
    expect(logged).toEqual([]);
    expect(readAll('show-phone')).toBe(0);
    expect(logged).toEqual(['limits_raised 80']);
    expect(read('show-phone')).toBeUndefined();
    read('show-phone', 'throttled');
    clock.move(SECOND);
    read('show-phone', 'throttled');
    expect(budget.learned()).toMatchObject({ calls_per_minute: 36, refused_rate: 37 });
  });

  it('believes the number that a 429 names', () => {
    const { budget } = budgetOf(unknown);
    for (let call = 0; call < 30; call += 1) {
      budget.sent('list-jobs');
      budget.answered(call === 29 ? 'throttled' : 'ok', 12);
    }
    expect(budget.learned()).toMatchObject({ calls_per_minute: 12, refused_rate: 13 });
  });

  it('does not grow while its reads suffice', () => {
    const { read, clock, logged } = budgetOf();
    for (let call = 0; call < 500; call += 1, clock.move(2 * SECOND)) read('list-jobs');
    expect(logged).toEqual([]);
  });

  it('remembers since when every read was refused, until one is accepted', () => {
    const { read, clock, budget } = budgetOf();
    read('list-jobs', 'throttled');
    clock.move(2 * MINUTE);
    read('show-phone', 'throttled');
    expect(budget.learned().refused_since).toBe(T0);
    clock.move(2 * MINUTE);
    read('list-jobs');
    expect(budget.learned().refused_since).toBeUndefined();
  });

  it('waits until some reads of a kind may be sent at once', () => {
    const { read, clock, budget } = budgetOf();
    for (let call = 0; call < 35; call += 1, clock.move(SECOND)) read('show-phone');
    expect(budget.nextAt('phones')).toBe(T0 + WINDOW_MS + 3 * SECOND);
    expect(budget.nextAt('jobs')).toBe(clock.now());
  });

  it('gives phones and fleets their share while following jobs uses its own', () => {
    const { readAll, budget, clock } = budgetOf();
    budget.keepForJobs(20);
    expect(readAll('list-jobs')).toBe(40);
    expect(readAll('show-phone')).toBe(0);
    clock.move(WINDOW_MS);
    expect([readAll('list-jobs'), readAll('show-phone')]).toEqual([20, 20]);
    expect(readAll('list-phones')).toBe(0);
    clock.move(WINDOW_MS);
    expect(['list-jobs', 'show-phone', 'list-phones'].map(readAll)).toEqual([20, 15, 5]);
  });

  it('grows when a read was wanted that it did not allow', () => {
    const { read, budget, logged } = budgetOf(unknown);
    budget.keepForJobs(20);
    for (let call = 0; call < 20; call += 1) read('show-phone');
    expect(budget.nextAt('phones')).toBe(T0);
    expect(budget.learned().kinds?.phones?.denied_at).toBe(T0);
    expect(logged).toEqual(['limits_raised 80']);
  });

  it('does not grow at once when a read was wanted, once a limit is known', () => {
    const { readAll, budget, logged } = budgetOf();
    readAll('show-phone');
    expect(budget.nextAt('phones')).toBe(T0 + WINDOW_MS);
    expect(budget.learned().kinds?.phones?.denied_at).toBe(T0);
    expect(logged).toEqual([]);
  });

  it('never passes the limit, and gives each wanted kind its share within two windows', () => {
    const operations = ['list-jobs', 'show-phone', 'list-phones'];
    for (let seed = 1; seed <= 10; seed += 1) {
      const random = seededRandom(seed);
      const limit = 1 + Math.floor(random() ** 2 * 60);
      const scene = budgetOf({ calls_per_minute: limit });
      scene.budget.keepForJobs(random() * limit);
      const sent = operations.map((): number[] => []);
      const greedy = operations.map(() => random() < 0.7);
      const end = T0 + 7 * MINUTE;
      while (scene.clock.now() < end) {
        const of = Math.floor(random() * 3);
        const operation = operations[of] ?? '';
        const burst = greedy[of] === true ? limit + 1 : Math.ceil(random() * 2);
        for (let call = 0; call < burst && scene.read(operation) === undefined; call += 1) {
          sent[of]?.push(scene.clock.now());
        }
        scene.clock.move(Math.ceil(random() * 2 * SECOND));
      }
      const all = sent.flat();
      const within = (times: number[], from: number, ms: number) =>
        times.filter((at) => at >= from && at < from + ms).length;
      const most = Math.max(...all.map((from) => within(all, from, WINDOW_MS)));
      expect(most, `seed ${seed}`).toBeLessThanOrEqual(limit);
      const windows = limit < 4 ? 4 : 2;
      const half = Math.floor(limit / 2);
      const shares = [
        Math.min(half, Math.ceil(limit / 8)),
        Math.floor(half * 0.75),
        Math.floor(half / 4),
      ];
      for (const [of, times] of sent.entries()) {
        if (greedy[of] !== true) continue;
        for (let from = T0; from < end - windows * 70 * SECOND; from += 7 * SECOND) {
          const count = within(times, from, windows * 70 * SECOND);
          expect(count, `seed ${seed} ${operations[of]} of ${limit}`).toBeGreaterThanOrEqual(
            Math.max(1, shares[of] ?? 0),
          );
        }
      }
    }
  });
});
