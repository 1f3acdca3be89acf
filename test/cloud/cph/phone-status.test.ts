import { expect, test } from 'vitest';
import { phoneStatus } from '../../../lib/cloud/cph/phone-status.ts';

test.each([
  [0, 'creating'],
  [1, 'creating'],
  [2, 'running'],
  [3, 'resetting'],
  [4, 'restarting'],
  [5, 'unknown_5'],
  [6, 'frozen'],
  [7, 'stopping'],
  [8, 'stopped'],
  [-5, 'reset_failed'],
  [-6, 'restart_failed'],
  [-7, 'abnormal'],
  [-8, 'create_failed'],
  [-9, 'stop_failed'],
  [-1, 'unknown_-1'],
  [42, 'unknown_42'],
  [undefined, 'unknown'],
])('reads the phone state %s as %s', (code, status) => {
  expect(phoneStatus(code)).toBe(status);
});
