import { describe, expect, it } from 'vitest';
import { ReadsSpent } from '../../../lib/errors.ts';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import { createReadBudget } from '../../../lib/run/reads/read-budget.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const SECOND = 1_000;
type Reads = Limits['reads'];

function budgetOf(learned: Partial<Reads> = {}) {
  const clock = playClock(T0);
  const logged: string[] = [];
  const note = (event: string, { reads_per_minute }: Record<string, number>): void =>
    void logged.push(`${event} ${reads_per_minute}`);
  const budget = createReadBudget({ clock, log: { info: note, warn: note } });
  budget.load({ ...initialLimits.reads, ...learned });
  /** Makes a read. Returns the time to wait until (ms after T0) when it must wait. */
  const read = (operation: string, outcome: 'ok' | 'throttled' = 'ok'): number | undefined => {
    try {
      budget.check(operation);
    } catch (error) {
      if (!(error instanceof ReadsSpent)) throw error;
      return error.until - T0;
    }
    budget.sent();
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
      budget.sent();
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
    expect(read('list-jobs')).toBe(61 * SECOND);
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

  it('sends nothing more after the first 429 until a minute is over', () => {
    const { read, clock, budget } = budgetOf();
    expect(read('show-phone', 'throttled')).toBeUndefined();
    for (const operation of ['list-jobs', 'show-phone', 'list-phones']) {
      expect(read(operation)).toBe(61 * SECOND);
    }
    expect(budget.allowed('jobs')).toBe(0);
    clock.move(61 * SECOND);
    expect(read('list-jobs')).toBeUndefined();
  });

  it('falls to the accepted reads, at most by half', () => {
    const { read, logged } = budgetOf();
    for (let call = 0; call < 30; call += 1) read('list-jobs');
    read('list-jobs', 'throttled');
    expect(logged).toEqual(['limits_lowered 30']);
    const few = budgetOf();
    few.read('list-jobs', 'throttled');
    expect(few.logged).toEqual(['limits_lowered 20']);
  });

  it('doubles each minute whose reads did not suffice, until the first 429', () => {
    const { read, readAll, clock, logged } = budgetOf();
    readAll('show-phone');
    expect(read('list-jobs')).toBeUndefined();
    expect(logged).toEqual([]);
    clock.move(61 * SECOND);
    readAll('show-phone');
    expect(logged).toEqual(['limits_raised 80']);
  });

  it('grows by one every ten minutes whose reads did not suffice after a 429', () => {
    const { readAll, clock, logged } = budgetOf({ throttled_at: T0 - 10 * MINUTE });
    for (let minute = 0; minute < 15; minute += 1, clock.move(61 * SECOND)) readAll('show-phone');
    expect(logged).toEqual(['limits_raised 41']);
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
    expect(budget.nextAt('phones')).toBe(T0 + (61 + 3) * SECOND);
    expect(budget.nextAt('jobs')).toBe(clock.now());
  });
});
