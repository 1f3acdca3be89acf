import { expect, it } from 'vitest';
import { count } from '../../../cli/text/plural.ts';

it('counts things', () => {
  expect([count(0, 'run'), count(1, 'run'), count(2, 'policy', 'policies')]).toEqual([
    '0 runs',
    '1 run',
    '2 policies',
  ]);
});
