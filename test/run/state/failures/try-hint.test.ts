import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { invalidObject, missingObject } from '../../../../lib/ledger/store/object-error.ts';
import { removeHandled } from '../../../../lib/run/state/failures/resting.ts';
import { tryHint } from '../../../../lib/run/state/failures/try-hint.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE } from '../../../support/runs.ts';

const ID = 'trace-1';
const KEY = layout.hint(ID);

describe('tryHint', () => {
  it.each([true, false])('returns what the work returns: %s', async (done) => {
    const { deps, lines } = runScene();
    expect(await tryHint(deps, ID, async () => done)).toBe(done);
    expect(lines).toEqual([]);
  });

  it('keeps an invalid hint, and logs it', async () => {
    const { deps, lines } = runScene();
    const work = () => Promise.reject(invalidObject(KEY, 'is not JSON'));
    expect(await tryHint(deps, ID, work)).toBe(false);
    expect(lines).toMatchObject([['error', 'object_unreadable', { key: KEY }]]);
  });

  it('keeps a hint that cannot be read, and tries it again after a pause', async () => {
    const { deps, clock, logged } = runScene();
    let attempts = 0;
    const work = () => {
      attempts += 1;
      return Promise.reject(missingObject(KEY));
    };
    expect(await tryHint(deps, ID, work)).toBe(false);
    expect(await tryHint(deps, ID, work)).toBe(false);
    expect([attempts, logged('object_unreadable').length]).toEqual([1, 1]);
    clock.move(MINUTE);
    await tryHint(deps, ID, work);
    expect(attempts).toBe(2);
  });

  it('keeps a hint for whose work another object cannot be read', async () => {
    const { deps } = runScene();
    const work = () => Promise.reject(invalidObject('policies/a.yaml', 'is not JSON'));
    expect(await tryHint(deps, ID, work)).toBe(false);
    expect([...deps.unreadable.objects.keys()]).toEqual(['policies/a.yaml']);
  });

  it('does no work again for a hint that was handled and could not be deleted', async () => {
    const { deps, clock } = runScene();
    await removeHandled(withFailingStore(deps, 'remove'), [KEY]);
    clock.move(MINUTE);
    expect(await tryHint(deps, ID, () => Promise.reject(new Error('again')))).toBe(true);
  });

  it('keeps a hint whose work fails, logs it, and lets other hints go on', async () => {
    const { deps, lines } = runScene();
    const work = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    expect(await tryHint(deps, ID, work)).toBe(false);
    const fields = { id: ID, code: 'unreachable', message: 'no answer' };
    expect(lines).toEqual([['warn', 'step_failed', fields]]);
    expect(deps.unreadable.objects.size).toBe(0);
  });

  it.each([new PhonevaultError('lease_lost', 'no lease'), new TypeError('no function')])(
    'throws what stops the drive: %s',
    async (error) => {
      const { deps } = runScene();
      await expect(tryHint(deps, ID, () => Promise.reject(error))).rejects.toBe(error);
    },
  );
});
