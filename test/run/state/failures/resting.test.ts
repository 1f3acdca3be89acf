import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { invalidObject, missingObject } from '../../../../lib/ledger/store/object-error.ts';
import {
  isResting,
  needsNotice,
  noteUnreadable,
  noteUsable,
  removeHandled,
  restsUntil,
} from '../../../../lib/run/state/failures/resting.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const PLAN = layout.plan(RUN);
const HINT = layout.hint('trace-1');

describe('an object that cannot be read', () => {
  it('rests for 20 seconds, then three times as long, half an hour at most', () => {
    const { deps, clock } = runScene();
    const pauses = Array.from({ length: 7 }, () => {
      const until = noteUnreadable(deps, missingObject(PLAN));
      const pause = until - clock.now();
      expect([isResting(deps, PLAN), restsUntil(deps, RUN)]).toEqual([true, until]);
      clock.move(pause);
      expect([isResting(deps, PLAN), restsUntil(deps, RUN)]).toEqual([false, 0]);
      return pause / 1_000;
    });
    expect(pauses).toEqual([20, 60, 180, 540, 1_620, 1_800, 1_800]);
  });

  it.each([
    [layout.request(RUN), { run_id: RUN, policy: 'nightly' }],
    [layout.orphanedJobs(RUN), { run_id: RUN, policy: 'nightly' }],
    [layout.report(RUN), { run_id: RUN, policy: 'nightly' }],
    [layout.policy('weekly'), { run_id: undefined, policy: 'weekly' }],
    [HINT, { run_id: undefined, policy: undefined }],
  ])('is noted with its run and its policy: %s', (key, expected) => {
    const { deps } = runScene();
    noteUnreadable(deps, missingObject(key));
    expect(deps.unreadable.objects.get(key)).toMatchObject({ ...expected, since: T0 });
  });

  it('needs a notification at the third attempt, at once where it lasts, and only once', () => {
    const { deps } = runScene();
    const needs = (key: string): boolean => {
      const entry = deps.unreadable.objects.get(key);
      return entry !== undefined && needsNotice(entry);
    };
    const seen = Array.from({ length: 3 }, () => {
      noteUnreadable(deps, missingObject(PLAN));
      return needs(PLAN);
    });
    expect(seen).toEqual([false, false, true]);
    noteUnreadable(deps, invalidObject(HINT, 'is not JSON'));
    expect(needs(HINT)).toBe(true);
    const entry = deps.unreadable.objects.get(HINT);
    if (entry !== undefined) expect(needsNotice({ ...entry, notified_at: T0 })).toBe(false);
  });

  it('is forgotten when it can be used again', () => {
    const { deps, logged } = runScene();
    noteUnreadable(deps, missingObject(PLAN));
    noteUnreadable(deps, missingObject(HINT));
    noteUsable(deps, (key) => key === PLAN);
    expect([...deps.unreadable.objects.keys()]).toEqual([HINT]);
    expect(logged('object_usable')).toEqual([['info', 'object_usable', { key: PLAN }]]);
  });
});

describe('removeHandled', () => {
  it('deletes, and lets what is refused rest as handled', async () => {
    const { deps, clock } = runScene();
    deps.store.remove = async () => [{ key: HINT, code: 'AccessDenied' }];
    await removeHandled(deps, [HINT, PLAN]);
    expect([...deps.unreadable.objects]).toMatchObject([
      [HINT, { code: 'object_undeletable', handled: true, retry_at: clock.now() + 20_000 }],
    ]);
  });

  it('lets all rest when the call fails', async () => {
    const { deps } = runScene();
    await removeHandled(withFailingStore(deps, 'remove'), [HINT, PLAN]);
    expect([...deps.unreadable.objects.keys()]).toEqual([HINT, PLAN]);
  });

  it('forgets what was deleted after all', async () => {
    const { deps, clock } = runScene();
    await removeHandled(withFailingStore(deps, 'remove'), [HINT]);
    clock.move(MINUTE);
    await removeHandled(deps, [HINT]);
    expect(deps.unreadable.objects.size).toBe(0);
  });

  it('throws an error that stops the drive', async () => {
    const { deps } = runScene();
    const refused = new PhonevaultError('credentials_refused', 'refused');
    await expect(removeHandled(withFailingStore(deps, 'remove', refused), [HINT])).rejects.toBe(
      refused,
    );
  });
});
