import { describe, expect, it } from 'vitest';
import { ReadsSpent, TimeUp } from '../../../lib/errors.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { trackOutage } from '../../../lib/run/export/track-outage.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const runs = () => ['a-1', 'b-1'].map((id) => openRun(id, [plannedPhone('p')]));
const fails = () => Promise.reject(new Error('unreachable'));

describe.each(['jobs', 'archives'] as const)('trackOutage of the %s', (to) => {
  const other = to === 'jobs' ? 'archives' : 'jobs';

  it('returns the result and records nothing while lookups work', async () => {
    const all = runs();
    expect(await trackOutage({ clock: playClock(T0) }, all, to, async () => 7)).toBe(7);
    expect(all.map(({ unwritten }) => unwritten.events)).toEqual([[], []]);
  });

  it('records once that lookups fail, and throws each error', async () => {
    const all = runs();
    const clock = playClock(T0);
    await expect(trackOutage({ clock }, all, to, fails)).rejects.toThrow('unreachable');
    clock.move(1);
    await expect(trackOutage({ clock }, all, to, fails)).rejects.toThrow('unreachable');
    const started = [{ type: 'outage_started', at: T0, to }];
    expect(all.map(({ unwritten }) => unwritten.events)).toEqual([started, started]);
  });

  it('records nothing when a lookup has to wait for its turn or the next drive', async () => {
    const all = runs();
    for (const error of [new ReadsSpent(T0 + 9), new TimeUp()]) {
      const waits = () => Promise.reject(error);
      await expect(trackOutage({ clock: playClock(T0) }, all, to, waits)).rejects.toThrow(error);
    }
    expect(all.map(({ unwritten }) => unwritten.events)).toEqual([[], []]);
  });

  it('records that lookups work again, for runs with an outage only', async () => {
    const [run, healthy] = runs();
    if (run === undefined || healthy === undefined) throw new Error('no run');
    fold(run.state, [{ type: 'outage_started', at: T0, to }]);
    fold(healthy.state, [{ type: 'outage_started', at: T0, to: other }]);
    const clock = playClock(T0);
    await trackOutage({ clock }, [run, healthy], to, () => clock.sleep(5));
    expect(run.unwritten.events).toEqual([{ type: 'outage_ended', at: T0 + 5, to }]);
    expect(healthy.unwritten.events).toEqual([]);
    clock.move(1);
    await expect(trackOutage({ clock }, [run], to, fails)).rejects.toThrow('unreachable');
    expect(run.unwritten.events.at(-1)).toEqual({ type: 'outage_started', at: T0 + 6, to });
  });
});
