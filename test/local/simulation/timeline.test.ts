import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../../local/simulation/timeline.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { manualClock } from '../support/clock.ts';

describe('the timeline', () => {
  it('runs due events by time, then in the order they were planned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 60 }), async (delays) => {
        const clock = manualClock(0);
        const timeline = createTimeline(createTime(clock));
        const seen: [number, number][] = [];
        delays.forEach((delay, index) => timeline.at(delay, () => void seen.push([delay, index])));
        clock.move(30);
        await timeline.advance();
        const due = delays.map((delay, index): [number, number] => [delay, index]);
        expect(seen).toEqual(
          due.filter(([delay]) => delay <= 30).sort(([a, i], [b, j]) => a - b || i - j),
        );
      }),
    );
  });

  it('runs each event at its own time, and events that it plans in the same advance', async () => {
    const clock = manualClock(1_000);
    const timeline = createTimeline(createTime(clock, 10));
    const seen: number[][] = [];
    const note = () => void seen.push([timeline.now(), timeline.realNow()]);
    timeline.at(1_500, async () => {
      await Promise.resolve();
      note();
      timeline.at(1_700, note);
    });
    clock.move(100);
    await timeline.advance();
    expect(seen).toEqual([
      [1_500, 1_050],
      [1_700, 1_070],
    ]);
    expect(timeline.now()).toBe(2_000);
  });

  it('lets simultaneous callers wait for the same advance', async () => {
    const clock = manualClock(0);
    const timeline = createTimeline(createTime(clock));
    const seen: string[] = [];
    timeline.at(1, async () => {
      seen.push('start');
      await Promise.resolve();
      seen.push('end');
    });
    clock.move(1);
    await Promise.all([1, 2].map(async (n) => (await timeline.advance(), seen.push(`seen ${n}`))));
    expect(seen).toEqual(['start', 'end', 'seen 1', 'seen 2']);
  });
});
