import { describe, expect, it } from 'vitest';
import { fromAnother, inTurn } from '../../../lib/run/drive/in-turn.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { SECOND } from '../../support/drive-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

/** Runs, each of whose steps takes one second. */
function scene(runs: OpenRun[]) {
  const clock = playClock(T0);
  const work = { runs: new Map(runs.map((run) => [run.runId, run])), turn: new Map() };
  return {
    work,
    pass: async (seconds: number, kind: 'look' | 'plan' = 'look') => {
      const done: string[] = [];
      const until = clock.now() + seconds * SECOND;
      await inTurn({ clock }, work, { kind, until }, async ({ runId }) => {
        done.push(runId);
        clock.move(SECOND);
      });
      return done.join('');
    },
  };
}

const small = (id: string) => openRun(id, [plannedPhone('p')]);
const large = (id: string) =>
  openRun(
    id,
    Array.from({ length: 51 }, (_, n) => plannedPhone(`p${n}`)),
  );
const requested = (run: OpenRun): OpenRun => ({
  ...run,
  request: { ...run.request, trigger: 'http' },
});

describe('inTurn', () => {
  it('goes on where the last call stopped, and begins again after the last run', async () => {
    const { pass } = scene(['a', 'b', 'c', 'd', 'e'].map(small));
    expect([await pass(2), await pass(2), await pass(3), await pass(9)]).toEqual([
      ...['ab', 'cd', 'eab', 'cdeab'],
    ]);
  });

  it('takes small runs, and runs that a person requested, first', async () => {
    const { pass } = scene([large('a'), small('b'), requested(large('c')), large('d')]);
    expect(await pass(9)).toBe('bcad');
  });

  it('gives large runs their turn although small ones need more than the time', async () => {
    const { pass } = scene([large('x'), ...['a', 'b', 'c'].map(small)]);
    expect([await pass(2), await pass(2)]).toEqual(['ab', 'cx']);
  });

  it('keeps a place for each kind of work', async () => {
    const { pass } = scene(['a', 'b', 'c'].map(small));
    expect([await pass(1), await pass(2, 'plan'), await pass(1)]).toEqual(['a', 'ab', 'b']);
  });

  it('begins with the first run when the one where it stopped is closed', async () => {
    const { work, pass } = scene(['a', 'b', 'c'].map(small));
    await pass(1);
    work.runs.delete('a');
    expect(await pass(9)).toBe('bc');
  });

  it('does nothing when no time is left', async () => {
    expect(await scene([small('a')]).pass(0)).toBe('');
  });
});

describe('fromAnother', () => {
  it('begins many items with another one each minute, until each was the first', () => {
    const items = Array.from({ length: 40 }, (_, n) => n);
    const firsts = new Set(
      Array.from({ length: 200 }, (_, minute) => fromAnother(items, minute * MINUTE)[0]),
    );
    expect(firsts.size).toBe(40);
    expect(fromAnother(items, MINUTE).toSorted((a, b) => a - b)).toEqual(items);
  });

  it('leaves a few items as they are', () => {
    expect(fromAnother([1, 2, 3], 7 * MINUTE)).toEqual([1, 2, 3]);
  });
});
