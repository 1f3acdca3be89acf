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
  const note = (settled: Settled, options?: { whole?: boolean }) =>
    recordSettled(store, 'nightly', settled, options);
  const history = () => readHistory(store, 'nightly');
  return { store, note, history };
}

describe('noteSettled', () => {
  it('answers the run before, which the first one lacks', async () => {
    const { note, history } = setUp();
    expect(await note(run(1))).toBeUndefined();
    expect(await history()).toEqual({ last: run(1), good: run(1) });
    expect(await note(run(2, 'partial'))).toEqual(run(1));
    expect(await note(run(3))).toEqual(run(2, 'partial'));
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
  ])('changes nothing for %s, and answers the run before the last', async (_, again) => {
    const { note, history } = setUp();
    await note(run(1));
    await note(run(2));
    const before = await history();
    expect(await note(again)).toEqual(run(1));
    expect(await history()).toEqual(before);
  });

  it('answers nothing when the only run is noted again', async () => {
    const { note } = setUp();
    await note(run(1));
    expect(await note(run(1))).toBeUndefined();
  });

  it.each<[string, Settled, { whole?: boolean }]>([
    ['one that failed', run(2, 'failed'), {}],
    ['one that is partial', run(2, 'partial'), {}],
    ['one that was skipped', run(2, 'skipped'), {}],
    ['one that was cancelled', run(2, 'cancelled'), {}],
    ['one of some phones only', run(2), { whole: false }],
  ])('does not take %s for the last good one', async (_, second, options) => {
    const { note, history } = setUp();
    await note(run(1));
    await note(second, options);
    expect(await history()).toMatchObject({ last: second, good: run(1) });
  });

  it('knows no good one before a run has completed', async () => {
    const { note, history } = setUp();
    await note(run(1, 'failed'));
    await note(run(2), { whole: false });
    expect(await history()).not.toHaveProperty('good');
  });

  it('keeps the policies apart', async () => {
    const { store, note, history } = setUp();
    await note(run(1));
    expect(await recordSettled(store, 'weekly', run(2))).toBeUndefined();
    expect((await history())?.last).toEqual(run(1));
  });

  it.each(['broken', '{"version":9}'])('begins anew over %j', async (body) => {
    const { store, note, history } = setUp();
    await store.put(layout.history('nightly'), body);
    expect(await history()).toBeUndefined();
    expect(await note(run(1))).toBeUndefined();
    expect((await history())?.last).toEqual(run(1));
  });
});
