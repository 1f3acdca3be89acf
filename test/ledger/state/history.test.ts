import { describe, expect, it } from 'vitest';
import { recordSettled, readHistory, type Settled } from '../../../lib/ledger/state/history.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const run = (minute: number, outcome: Settled['outcome'] = 'completed'): Settled => ({
  run_id: `nightly-${minute}`,
  outcome,
  settled_at: T0 + minute * MINUTE,
});

function setUp() {
  const store = memoryStore(playClock());
  const record = (settled: Settled, options?: { whole?: boolean }) =>
    recordSettled(store, 'nightly', settled, options);
  const history = () => readHistory(store, 'nightly');
  return { store, record, history };
}

describe('recordSettled', () => {
  it('returns the run before, and undefined for the first run', async () => {
    const { record, history } = setUp();
    expect(await record(run(1))).toBeUndefined();
    expect(await history()).toEqual({ last: run(1), good: run(1) });
    expect(await record(run(2, 'partial'))).toEqual(run(1));
    expect(await record(run(3))).toEqual(run(2, 'partial'));
    expect(await history()).toEqual({
      last: run(3),
      before: run(2, 'partial'),
      good: run(3),
    });
  });

  it.each([
    ['the last run again', run(2)],
    ['the last run again, settled later', { ...run(2), settled_at: T0 + 9 * MINUTE }],
    ['an older run', run(0, 'failed')],
    ['another run of the same millisecond', { ...run(2, 'failed'), run_id: 'nightly-2-2' }],
  ])('changes nothing for %s, and returns the run before the last', async (_, again) => {
    const { record, history } = setUp();
    await record(run(1));
    await record(run(2));
    const before = await history();
    expect(await record(again)).toEqual(run(1));
    expect(await history()).toEqual(before);
  });

  it('returns undefined when the only run is recorded again', async () => {
    const { record } = setUp();
    await record(run(1));
    expect(await record(run(1))).toBeUndefined();
  });

  it.each<[string, Settled, { whole?: boolean }]>([
    ['a failed run', run(2, 'failed'), {}],
    ['a partial run', run(2, 'partial'), {}],
    ['a skipped run', run(2, 'skipped'), {}],
    ['a cancelled run', run(2, 'cancelled'), {}],
    ['a run of some phones only', run(2), { whole: false }],
  ])('does not count %s as the last good one', async (_, second, options) => {
    const { record, history } = setUp();
    await record(run(1));
    await record(second, options);
    expect(await history()).toMatchObject({ last: second, good: run(1) });
  });

  it.each<[string, Settled[]]>([
    ['before', [run(1), run(2), run(3)]],
    ['after', [run(2), run(3), run(1)]],
    ['between two runs of some phones', [run(2), run(1), run(3)]],
  ])('keeps the last good run that is recorded %s later runs of some phones', async (_, runs) => {
    const { record, history } = setUp();
    for (const one of runs) await record(one, { whole: one.run_id === 'nightly-1' });
    expect(await history()).toEqual({ last: run(3), before: run(2), good: run(1) });
  });

  it('keeps the newest of good runs that are recorded in any order', async () => {
    const { record, history } = setUp();
    await record(run(5, 'failed'));
    await record(run(3));
    await record(run(1));
    expect(await history()).toEqual({ last: run(5, 'failed'), before: run(3), good: run(3) });
  });

  it('has no good run before one of all phones has completed', async () => {
    const { record, history } = setUp();
    await record(run(1, 'failed'));
    await record(run(2), { whole: false });
    expect(await history()).not.toHaveProperty('good');
  });

  it('keeps policies apart', async () => {
    const { store, record, history } = setUp();
    await record(run(1));
    expect(await recordSettled(store, 'weekly', run(2))).toBeUndefined();
    expect((await history())?.last).toEqual(run(1));
  });

  it.each(['broken', '{"version":9}'])('starts again when the object holds %j', async (body) => {
    const { store, record, history } = setUp();
    await store.put(layout.history('nightly'), body);
    expect(await history()).toBeUndefined();
    expect(await record(run(1))).toBeUndefined();
    expect((await history())?.last).toEqual(run(1));
  });
});
