import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { type HeartbeatDue, putHeartbeat } from '../../../lib/ledger/hints/heartbeat.ts';
import {
  readNotifiedHeartbeat,
  writeNotifiedHeartbeat,
} from '../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { publishHeartbeat } from '../../../lib/run/notify/heartbeat.ts';
import { needsNotice } from '../../../lib/run/state/failures/resting.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { type InboxScene, inboxScene } from '../../support/inbox-scene.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const SLOT = Date.UTC(2026, 0, 3);
const ID = 'heartbeat-20260103';
const due = (changes: Partial<HeartbeatDue> = {}): HeartbeatDue => ({
  ...{ slot: SLOT, since: SLOT - DAY, date: '20260103', language: 'en' },
  timezone: 'Asia/Shanghai',
  ...changes,
});

const requested = async (now = SLOT + HOUR): Promise<InboxScene> => {
  const world = inboxScene(now);
  await putHeartbeat(world.store, due());
  return world;
};

describe('publishHeartbeat', () => {
  it('publishes the daily message, records it and removes the hint', async () => {
    const { deps, store, published, lines, hints } = await requested();
    await publishHeartbeat(deps, [ID]);
    expect(published).toMatchObject([
      {
        kind: 'heartbeat',
        reason: '20260103',
        day: { since: '2026-01-02T00:00:00.000Z', until: '2026-01-03T00:00:00.000Z', missed: 0 },
      },
    ]);
    expect(lines).toEqual([['info', 'notified', { kind: 'heartbeat', date: '20260103' }]]);
    expect(await readNotifiedHeartbeat(store)).toBe(SLOT);
    expect(await hints()).toEqual([]);
  });

  it('publishes a day once although that cannot be recorded', async () => {
    const { deps, published, hints, logged } = await requested();
    const broken = withFailingStore(deps, 'put', undefined, layout.heartbeat);
    await publishHeartbeat(broken, [ID]);
    expect(published).toHaveLength(1);
    expect(await hints()).toEqual([]);
    expect(logged('notified_not_written')).toHaveLength(1);
  });

  it('publishes a day once although it is requested again, and reports the record that cannot be written', async () => {
    const { deps, store, published, clock, hints } = await requested();
    const denied = new PhonevaultError('access_denied', 'HTTP 403 AccessDenied');
    const broken = withFailingStore(deps, 'put', denied, layout.heartbeat);
    const days = [
      ...[due(), due(), due()],
      ...[1, 1].map((n) => due({ slot: SLOT + n * DAY, since: SLOT, date: '20260104' })),
    ];
    for (const day of days) {
      if (clock.now() < day.slot) clock.move(day.slot - clock.now());
      clock.move(5 * 60_000);
      await putHeartbeat(store, day);
      await publishHeartbeat(broken, [`heartbeat-${day.date}`]);
    }
    expect(published.map(({ reason }) => reason)).toEqual(['20260103', '20260104']);
    expect(await hints()).toEqual([]);
    const entry = deps.unreadable.objects.get(layout.heartbeat);
    expect(entry).toMatchObject({ code: 'object_unwritable' });
    expect(entry?.message).toMatch(/heartbeat.json cannot be written: HTTP 403 AccessDenied/);
    expect(entry?.hint).toMatch(/PutObject/);
    expect(entry && needsNotice(entry)).toBe(true);

    await putHeartbeat(store, due({ slot: SLOT + DAY, since: SLOT, date: '20260104' }));
    await publishHeartbeat(deps, ['heartbeat-20260104']);
    expect(published).toHaveLength(2);
    expect(await readNotifiedHeartbeat(store)).toBe(SLOT + DAY);
    expect(deps.unreadable.objects.size).toBe(0);
  });

  it('publishes only the newest of several days', async () => {
    const { deps, store, published, hints } = await requested(SLOT + DAY + HOUR);
    const next = due({ slot: SLOT + DAY, since: SLOT, date: '20260104' });
    await putHeartbeat(store, next);
    await publishHeartbeat(deps, ['heartbeat-20260104', ID]);
    expect(published.map(({ reason }) => reason)).toEqual(['20260104']);
    expect(await hints()).toEqual([]);
  });

  it('ignores other hints without reading them', async () => {
    const { deps, store, published } = inboxScene();
    const read = recordReads(store);
    await publishHeartbeat({ ...deps, store: read }, ['stale-nightly-1', 'trace-1']);
    expect([published, read.reads]).toEqual([[], []]);
  });

  it('drops earlier days when the newest hint is gone', async () => {
    const { deps, published, lines, hints } = await requested();
    await publishHeartbeat(deps, [ID, 'heartbeat-20260104']);
    expect([published, lines]).toEqual([[], []]);
    expect(await hints()).toEqual([]);
  });

  it.each<[string, number, number, number]>([
    ['published before', SLOT, SLOT + HOUR, 0],
    ['published at this moment', SLOT, SLOT, 0],
    ['before the last published one', SLOT + DAY, SLOT + DAY, 0],
    ['after the last published one', SLOT - 1, SLOT + HOUR, 1],
    ['when the last one was published by a clock that was ahead', SLOT + DAY, SLOT + HOUR, 1],
  ])(
    'publishes only days after the last published one: a day %s (last %i, now %i, %i messages)',
    async (_, at, now, messages) => {
      const { deps, store, published, hints } = await requested(now);
      await writeNotifiedHeartbeat(store, at);
      await publishHeartbeat(deps, [ID]);
      expect(published).toHaveLength(messages);
      expect(await hints()).toEqual([]);
    },
  );

  it('keeps the hint while the topic fails, and records nothing', async () => {
    const { deps, store, published, lines, topic, hints } = await requested();
    topic.fails = new PhonevaultError('unreachable', 'no answer');
    await publishHeartbeat(deps, [ID]);
    expect(await hints()).toEqual([ID]);
    expect(await readNotifiedHeartbeat(store)).toBeUndefined();
    expect(lines.map(([, event]) => event)).toEqual(['notify_failed']);
    topic.fails = undefined;
    await publishHeartbeat(deps, [ID]);
    expect(published).toHaveLength(1);
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['is invalid', '{', 'object_invalid'],
    ['has a newer version', '{"version":2}', 'object_newer'],
  ])('logs that a hint %s, and keeps it', async (_, body, code) => {
    const { deps, store, published, lines, hints } = inboxScene();
    await store.put(layout.hint(ID), body);
    await publishHeartbeat(deps, [ID]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { code }]]);
    expect(published).toEqual([]);
    expect(await hints()).toEqual([ID]);
  });

  it('keeps a hint that the bucket does not return', async () => {
    const { deps, hints, lines } = await requested();
    await publishHeartbeat(withFailingStore(deps, 'get'), [ID]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { key: layout.hint(ID) }]]);
    expect(await hints()).toEqual([ID]);
  });
});
