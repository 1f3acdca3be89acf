import { expect, test } from 'vitest';
import { phoneState } from '../../../lib/policy/selection/states.ts';

test.each([
  ['running', 'exportable'],
  ['creating', 'passing'],
  ['resetting', 'passing'],
  ['restarting', 'passing'],
  ['stopping', 'passing'],
  ['frozen', 'stuck'],
  ['stopped', 'stuck'],
  ['abnormal', 'stuck'],
  ['reset_failed', 'stuck'],
  ['restart_failed', 'stuck'],
  ['create_failed', 'stuck'],
  ['stop_failed', 'stuck'],
  ['unknown', 'stuck'],
  ['unknown_42', 'stuck'],
])('classifies the status %s as %s', (status, state) => {
  expect(phoneState(status)).toBe(state);
});
