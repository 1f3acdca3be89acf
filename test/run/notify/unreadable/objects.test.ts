import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { readUnreadable } from '../../../../lib/ledger/state/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { invalidObject } from '../../../../lib/ledger/store/object-error.ts';
import {
  publishUnreadable,
  saveUnreadable,
} from '../../../../lib/run/notify/unreadable/objects.ts';
import { noteUnreadable } from '../../../../lib/run/state/failures/resting.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { runScene, temporaryError } from '../../../support/run-scene.ts';
import { T0 } from '../../../support/runs.ts';

const KEY = layout.plan('nightly-20260102t023000z');

function scene() {
  const made = runScene();
  noteUnreadable(made.deps, invalidObject(KEY, 'is not JSON'));
  return made;
}

describe('publishUnreadable', () => {
  it('names the key, what is wrong and what to do, once', async () => {
    const { deps, published, store } = scene();
    await publishUnreadable(deps);
    await publishUnreadable(deps);
    expect(published).toMatchObject([
      {
        ...{ kind: 'unreadable', run_id: 'nightly-20260102t023000z', policy: 'nightly' },
        object: { bucket: 'ledger', key: `vault/${KEY}` },
        reason: 'object_invalid',
        since: new Date(T0).toISOString(),
        message: expect.stringMatching(
          /^nightly run quarantined: .* \(object_invalid\), /,
        ) as string,
        detail: expect.stringContaining('is not JSON') as string,
        hint: expect.stringContaining('delete it') as string,
      },
    ]);
    expect((await readUnreadable(store)).get(KEY)?.notified_at).toBe(T0);
  });

  it('publishes at most hourly while that cannot be stored', async () => {
    const at: number[] = [];
    for (let minute = 0; minute < 120; minute += 1) {
      // Each drive is cold: it finds the object anew.
      const { deps, clock, published } = runScene();
      clock.move(minute * 60_000);
      deps.until = Infinity;
      noteUnreadable(deps, invalidObject(KEY, 'is not JSON'));
      const broken = withFailingStore(deps, 'put', undefined, layout.unreadable);
      await publishUnreadable(broken);
      await publishUnreadable(broken);
      at.push(...published.map(() => minute));
    }
    expect(at).toEqual([30, 90]);
  });

  it('publishes at most hourly while the register can be written and not read', async () => {
    const at: number[] = [];
    for (let minute = 0; minute < 120; minute += 1) {
      const { deps, clock, published } = runScene();
      clock.move(minute * 60_000);
      deps.until = Infinity;
      deps.unreadable.isLost = true;
      noteUnreadable(deps, invalidObject(KEY, 'is not JSON'));
      const error = new PhonevaultError('throttled', 'SlowDown');
      await publishUnreadable(withFailingStore(deps, 'get', error, layout.unreadable));
      at.push(...published.map(() => minute));
    }
    expect(at).toEqual([30, 90]);
  });

  it('publishes at once when a lost register can be read after it was written anew', async () => {
    const { deps, published } = scene();
    deps.unreadable.isLost = true;
    await publishUnreadable(deps);
    expect(published).toHaveLength(1);
  });

  it('publishes again what the topic did not take', async () => {
    const { deps, published, topic } = scene();
    topic.fails = temporaryError();
    await publishUnreadable(deps);
    topic.fails = undefined;
    await publishUnreadable(deps);
    expect(published).toHaveLength(1);
  });
});

describe('saveUnreadable', () => {
  it('writes when something changed, and then not again', async () => {
    const { deps, store } = scene();
    await saveUnreadable(deps);
    const written = await store.get(layout.unreadable);
    await saveUnreadable(deps);
    expect(await store.get(layout.unreadable)).toEqual(written);
  });

  it('logs that it could not write, and writes later', async () => {
    const { deps, store, logged } = scene();
    await saveUnreadable(withFailingStore(deps, 'put'));
    expect(logged('unreadable_not_written')).toHaveLength(1);
    await saveUnreadable(deps);
    expect((await readUnreadable(store)).has(KEY)).toBe(true);
  });
});
