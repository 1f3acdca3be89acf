import { expect, test } from 'vitest';
import { phoneState, stateReason } from '../../../lib/policy/selection/states.ts';

test.each([
  [0, 'passing', 'creating'],
  [1, 'passing', 'creating'],
  [2, 'exportable', 'running'],
  [3, 'passing', 'resetting'],
  [4, 'passing', 'restarting'],
  [5, 'stuck', 'unknown_5'],
  [6, 'stuck', 'frozen'],
  [7, 'passing', 'stopping'],
  [8, 'stuck', 'stopped'],
  [-5, 'stuck', 'reset_failed'],
  [-6, 'stuck', 'restart_failed'],
  [-7, 'stuck', 'abnormal'],
  [-8, 'stuck', 'create_failed'],
  [-9, 'stuck', 'stop_failed'],
  [-1, 'stuck', 'unknown_-1'],
  [42, 'stuck', 'unknown_42'],
])('status %d is %s: %s', (status, state, reason) => {
  expect(phoneState(status)).toBe(state);
  expect(stateReason(status)).toBe(reason);
});
