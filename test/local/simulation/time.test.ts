import { describe, expect, it } from 'vitest';
import { createTime, toRealTime } from '../../../local/simulation/time.ts';
import { manualClock } from '../support/clock.ts';

describe('the two clocks', () => {
  it('diverge by the speed, and change speed without a jump', () => {
    const clock = manualClock(1_000);
    const time = createTime(clock, 10);
    clock.move(100);
    expect([time.now(), time.simulated()]).toEqual([1_100, 2_000]);
    time.setSpeed(2);
    expect(time.simulated()).toBe(2_000);
    clock.move(100);
    expect([time.now(), time.simulated(), time.speed()]).toEqual([1_200, 2_200, 2]);
  });

  it('convert simulated to real time', () => {
    const clock = manualClock(1_000);
    const time = createTime(clock, 10);
    clock.move(100);
    expect(toRealTime(time, 1_500)).toBe(1_050);
  });

  it('convert a past real time by the speed at that time', () => {
    const clock = manualClock(1_000);
    const time = createTime(clock, 24);
    clock.move(100);
    time.setSpeed(1);
    clock.move(100);
    expect([900, 1_000, 1_050, 1_100, 1_200].map(time.toSimulated)).toEqual([
      900, 1_000, 2_200, 3_400, 3_500,
    ]);
  });
});
