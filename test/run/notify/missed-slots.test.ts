import { describe, expect, it } from 'vitest';
import { type MissedSlots, missedId, putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { readSkippedSlots } from '../../../lib/ledger/state/notified/skipped-slots.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { publishMissedSlots } from '../../../lib/run/notify/missed-slots.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const missed = (changes: Partial<MissedSlots> = {}): MissedSlots => ({
  ...{ policy: 'nightly', reason: 'too_late', slots: 1 },
  ...{ first: '20260101T183000Z', last: '20260101T183000Z' },
  ...changes,
});
const RUN = 'nightly-20260101t183000z';

/** An inbox with these hints. */
async function scene(...all: MissedSlots[]) {
  const world = inboxScene();
  for (const one of all) await putMissed(world.store, one);
  const ids = all.map(missedId);
  return { ...world, publish: (deps = world.deps) => publishMissedSlots(deps, ids) };
}

describe('publishMissedSlots', () => {
  it('publishes each hint once, logs it and removes it', async () => {
    const weekly = missed({ policy: 'weekly', first: '20251230T183000Z', slots: 3 });
    const { publish, published, lines, hints } = await scene(missed(), weekly);
    await publish();
    expect(published).toMatchObject([
      { kind: 'missed', policy: 'nightly', reason: 'too_late: slot 20260101T183000Z' },
      {
        ...{ kind: 'missed', policy: 'weekly' },
        reason: 'too_late: 3 slots from 20251230T183000Z to 20260101T183000Z',
      },
    ]);
    expect(lines).toEqual(
      ['nightly', 'weekly'].map((policy) => ['info', 'notified', { policy, kind: 'missed' }]),
    );
    expect(await hints()).toEqual([]);
    await publish();
    expect(published).toHaveLength(2);
  });

  it('leaves to the next drive what it does not get to in its time', async () => {
    const weekly = missed({ policy: 'weekly' });
    const { publish, deps, published, hints, clock } = await scene(missed(), weekly);
    const { get } = deps.store;
    const slow = { ...deps.store, get: (key: string) => (clock.move(MINUTE), get(key)) };
    await publish({ ...deps, store: slow, until: T0 + MINUTE });
    expect(published).toMatchObject([{ policy: 'nightly' }]);
    expect(await hints()).toEqual([missedId(weekly)]);
  });

  it('uses the language and zone of the policy', async () => {
    const { publish, published, store } = await scene(missed());
    const cursor = {
      ...{ etag: 'e', active: true, handled_until: 0 },
      schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 1 },
      freshness: {
        counts_from: 0,
        deadline: 1,
        objective: { phones: 90 },
        language: 'zh' as const,
      },
    };
    await writeCursors(store, { nightly: cursor });
    await publish();
    expect(published[0]?.message).toContain('计划时间 1 月 2 日 02:30 未运行');
  });

  it('publishes the slots of other policies when those of one cannot be looked up', async () => {
    const overlap = missed({ reason: 'overlap' });
    const { publish, deps, published, hints } = await scene(overlap, missed({ policy: 'weekly' }));
    await publish(withFailingStore(deps, 'list', temporaryError(), layout.request(RUN)));
    expect(published).toMatchObject([{ kind: 'missed', policy: 'weekly' }]);
    expect(await hints()).toEqual([missedId(overlap)]);
  });

  it('publishes a skipped slot once although that cannot be recorded', async () => {
    const { publish, deps, published, hints } = await scene(missed({ reason: 'overlap' }));
    await publish(withFailingStore(deps, 'put', undefined, layout.skipped('nightly')));
    expect(published).toHaveLength(1);
    expect(await hints()).toEqual([]);
  });

  it('records a slot that was skipped for overlap, and no other', async () => {
    const overlap = missed({ reason: 'overlap' });
    const { publish, store } = await scene(overlap, missed({ policy: 'weekly' }));
    await publish();
    expect(await readSkippedSlots(store, 'nightly')).toEqual(new Map([['20260101T183000Z', T0]]));
    expect(await readSkippedSlots(store, 'weekly')).toEqual(new Map());
  });

  it.each([layout.request(RUN), layout.report(RUN)])(
    'publishes no overlap of a slot that runs after all, as %s shows',
    async (key) => {
      const { publish, published, hints, store } = await scene(missed({ reason: 'overlap' }));
      await store.put(key, '{}');
      await publish();
      expect(published).toEqual([]);
      expect(await hints()).toEqual([]);
    },
  );

  it('publishes the phones that get no first backup', async () => {
    const { publish, published, hints } = await scene({
      ...{ policy: 'nightly', reason: 'phones_not_ready', slots: 0 },
      ...{ first: '20260101T183000Z', last: '20260102T183000Z' },
      first_backups: {
        ...{ id: 'ab', count: 51 },
        phones: [{ phone_id: 'p1', phone_name: 'game-1', reason: 'creating' }],
      },
    });
    expect(await hints()).toEqual(['missed-nightly-first-ab']);
    await publish();
    expect(published).toMatchObject([
      {
        ...{ kind: 'missed', policy: 'nightly', truncated: true },
        reason: 'phones_not_ready: 51 since 20260101T183000Z, first p1',
        failed: [{ phone_id: 'p1', phone_name: 'game-1', outcome: 'skipped', reason: 'creating' }],
      },
    ]);
    expect(await hints()).toEqual([]);
  });

  it('keeps all hints while the topic fails, after one try', async () => {
    const { publish, topic, lines, hints } = await scene(missed(), missed({ policy: 'weekly' }));
    topic.fails = temporaryError();
    await publish();
    expect(lines.map(([, event]) => event)).toEqual(['notify_failed']);
    expect(await hints()).toHaveLength(2);
  });

  it('keeps an invalid hint, and publishes the others', async () => {
    const { publish, published, lines, hints, store } = await scene(
      missed(),
      missed({ policy: 'weekly' }),
    );
    await store.put(layout.hint(missedId(missed())), '{');
    await publish();
    expect(published).toMatchObject([{ policy: 'weekly' }]);
    expect(lines[0]).toMatchObject(['error', 'object_unreadable', {}]);
    expect(await hints()).toEqual([missedId(missed())]);
  });

  it('keeps a hint that the bucket does not return', async () => {
    const { publish, deps, hints, published } = await scene(missed());
    await publish(withFailingStore(deps, 'get'));
    expect(published).toEqual([]);
    expect(await hints()).toHaveLength(1);
  });

  it('publishes a hint once that the bucket does not delete', async () => {
    const { publish, deps, clock, hints, published } = await scene(missed());
    const locked = withFailingStore(deps, 'remove');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await publish(locked);
      clock.move(MINUTE);
    }
    expect(published).toHaveLength(1);
    expect(await hints()).toHaveLength(1);
    clock.move(30 * MINUTE);
    await publish(deps);
    expect([published.length, await hints()]).toEqual([1, []]);
  });
});
