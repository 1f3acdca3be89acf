import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { contain } from '../../../lib/run/schedule/contain.ts';
import { runScene } from '../../support/run-scene.ts';

const as = { event: 'slot_delayed', policy: 'nightly' };

describe('contain', () => {
  it('returns nothing for work that succeeds', async () => {
    const { deps, lines } = runScene();
    expect(await contain(deps, as, async () => 1)).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('logs and returns a failure', async () => {
    const { deps, lines } = runScene();
    const error = new PhonevaultError('access_denied', 'no');
    expect(await contain(deps, as, () => Promise.reject(error))).toBe(error);
    const fields = { policy: 'nightly', code: 'access_denied', message: 'no' };
    expect(lines).toEqual([['warn', 'slot_delayed', fields]]);
  });

  it.each([new PhonevaultError('credentials_refused', 'no'), new TypeError('no function')])(
    'throws what concerns every call: %s',
    async (error) => {
      const { deps } = runScene();
      await expect(contain(deps, as, () => Promise.reject(error))).rejects.toBe(error);
    },
  );
});
