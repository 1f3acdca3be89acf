import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedWindow, createRateWindow } from '../../../local/simulation/rate-window.ts';

describe('createWindow', () => {
  it('admits a call if fewer than the limit came in the window before, counting refused ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40)), (limit, gaps) => {
        const window = createRateWindow(limit, 100);
        const before: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const recent = before.filter((stamp) => now - stamp < 100).length;
          expect(window.admit(now)).toBe(recent < limit);
          before.push(now);
        }
      }),
    );
  });

  it('admits nothing with a limit of 0', () => {
    expect(createRateWindow(0, 100).admit(1)).toBe(false);
  });
});

it('admits twice the limit at the edge of a fixed window', () => {
  const window = createFixedWindow(2, 60_000);
  const admitted = [59_000, 59_500, 59_900, 60_000, 60_001, 60_002].map((now) => window.admit(now));
  expect(admitted).toEqual([true, true, false, true, true, false]);
});
