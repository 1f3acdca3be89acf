import { describe, expect, it } from 'vitest';
import { createProgress, progressText } from '../../../cli/watch/progress-bar.ts';
import type { Progress, RunView } from '../../../lib/run/query/schemas/run.ts';
import { fakeIo } from '../support/fake-io.ts';

const NONE: Progress = {
  selected: 0,
  waiting: 0,
  queued: 0,
  exporting: 0,
  verifying: 0,
  outcome_unknown: 0,
  exported: 0,
  failed: 0,
  skipped: 0,
  timed_out: 0,
  cancelled: 0,
};

const running = (progress: Partial<Progress>, more: Partial<RunView> = {}) =>
  ({ phase: 'running', counts: null, progress: { ...NONE, ...progress }, ...more }) as RunView;

const requested = { phase: 'requested', counts: null, progress: null } as RunView;
const plain = (text = '') => text.replace(/\u001b\[[\d;]*m/g, '');

describe('the text', () => {
  it.each([
    [requested, 'requested, not planned yet'],
    [running({ selected: 9, queued: 8, failed: 1 }), '1 of 9 done: 8 queued, 1 failed'],
    [running({ selected: 0 }), '0 of 0 done'],
    [
      running({ selected: 2, exporting: 2 }, { cancelling: true }),
      '0 of 2 done: being cancelled, 2 exporting',
    ],
    [
      { ...running({}), progress: null, counts: { ...NONE, selected: 3, timed_out: 3 } },
      '3 of 3 done: 3 timed out',
    ],
  ] as [RunView, string][])('describes %j', (view, expected) => {
    expect(progressText({ language: 'en' }, view)).toBe(expected);
  });
});

describe('the bar', () => {
  const drawn = (view: RunView, errColumns: number) => {
    const { io, printed } = fakeIo({ errIsTerminal: true, errColumns, env: { FORCE_COLOR: '1' } });
    createProgress(io).show(view);
    return printed.status.at(-1) ?? '';
  };
  const view = running({ selected: 61, exported: 30, failed: 1, exporting: 12, queued: 18 });

  it.each([80, 40, 20])('fits into %i columns', (columns) => {
    const line = plain(drawn(view, columns));
    expect(line.length).toBeLessThan(columns);
    expect(line).toContain('31/61');
  });

  it('shares its cells between the states, each in its colour', () => {
    const line = drawn(running({ selected: 4, exported: 2, failed: 1, queued: 1 }), 80);
    expect(line).toMatch(
      /^\u001b\[32m█{15}\u001b\[39m\u001b\[31m█{7}\u001b\[39m\u001b\[2m░{8}\u001b\[22m 3\/4 {2}0 s {2}/,
    );
  });

  it('has no cells before the run is planned', () => {
    expect(drawn(requested, 80)).toBe('0 s  requested, not planned yet');
  });

  it('is cleared at the end', () => {
    const { io, printed } = fakeIo({ errIsTerminal: true, errColumns: 80 });
    const progress = createProgress(io);
    progress.show(view);
    progress.stop();
    expect(printed.status.at(-1)).toBe('');
  });
});

describe('the lines in a pipe', () => {
  it('come at most every 10 s, skip what has not changed and end with the last state', async () => {
    const { io, printed } = fakeIo();
    const progress = createProgress(io);
    for (const exported of [0, 1, 1, 2, 3]) {
      progress.show(running({ selected: 3, exported }));
      await io.clock.sleep(4_000);
    }
    progress.stop();

    expect(printed.err).toEqual([
      '0 s  0 of 3 done',
      '12 s  2 of 3 done: 2 exported',
      '20 s  3 of 3 done: 3 exported',
    ]);
  });
});
