import { describe, expect, it } from 'vitest';
import { LeaseLost, PhonevaultError } from '../../../../lib/errors.ts';
import { stopsDrive } from '../../../../lib/run/state/failures/stops-drive.ts';

describe('stopsDrive', () => {
  it.each([
    ['a lost lease', new LeaseLost('another drives')],
    ['refused credentials', new PhonevaultError('credentials_refused', 'refused')],
    ['missing credentials', new PhonevaultError('credentials_missing', 'none')],
    ['a wrong clock', new PhonevaultError('clock_skew', 'an hour ahead')],
  ])('is true of %s', (_, error) => {
    expect(stopsDrive(error)).toBe(true);
  });

  it.each([
    ['missing rights', new PhonevaultError('access_denied', 'denied')],
    ['an error of the service', new PhonevaultError('service', 'broken')],
    ['a mistake of our own', new TypeError('no function')],
    ['what only looks like one', { code: 'clock_skew' }],
    ['nothing', undefined],
  ])('is false of %s', (_, error) => {
    expect(stopsDrive(error)).toBe(false);
  });
});
