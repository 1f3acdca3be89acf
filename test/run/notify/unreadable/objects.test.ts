import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { readUnreadable } from '../../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { invalidObject } from '../../../../lib/ledger/store/object-error.ts';
import {
  publishUnreadable,
  saveUnreadable,
} from '../../../../lib/run/notify/unreadable/objects.ts';
import { noteUnreadable } from '../../../../lib/run/state/failures/resting.ts';
import { drive } from '../../../../lib/run/drive/drive.ts';
import { putRequest } from '../../../../lib/ledger/run/request.ts';
import { driveWorld } from '../../../support/drive-world.ts';
import { policyText } from '../../../support/policy-text.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { runScene, temporaryError } from '../../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const KEY = layout.plan(RUN);

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

describe('an object of a run whose body does not end', () => {
  it.each(
    [layout.request(RUN), layout.plan(RUN), layout.policy('nightly')].flatMap((key) =>
      [
        [key, 'is larger than drive reads', 0],
        [key, 'arrives slowly', 13_000],
      ].map((row) => row as [string, string, number]),
    ),
  )('is notified of within 4 drives, once: %s %s', async (bad, _, takesMs) => {
    const world = driveWorld();
    const { clock, deps, store } = world;
    if (bad === layout.plan(RUN)) await world.request(RUN, [plannedPhone('p')]);
    else await putRequest(store, openRun(RUN, []).request);
    await store.put(layout.policy('nightly'), policyText('nightly'));
    const get: typeof store.get = async (key) => {
      if (key !== bad) return store.get(key);
      await clock.sleep(takesMs);
      throw new PhonevaultError('unreachable', 'obs GetObject: too_large', { retryable: true });
    };
    const at: number[] = [];
    for (let minute = 0; minute < 40; minute += 1) {
      const before = world.published.length;
      const next = T0 + (minute + 1) * MINUTE;
      const options = { until: clock.now() + 50_000, ttlMs: 90_000, holder: `h${minute}` };
      await drive({ ...deps, store: { ...store, get } }, options);
      at.push(...world.published.slice(before).map(() => minute));
      clock.move(Math.max(0, next - clock.now()));
    }
    expect(world.published).toMatchObject([
      { kind: 'unreadable', reason: 'object_unreadable', object: { key: `vault/${bad}` } },
    ]);
    expect(world.published[0]?.['detail']).toContain('too_large');
    expect(at[0]).toBeLessThan(4);
  });
});
