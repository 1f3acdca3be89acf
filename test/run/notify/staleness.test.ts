import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { putRecovered, putStale, readRecovered } from '../../../lib/ledger/hints/staleness.ts';
import { readNotifiedStale, writeNotifiedStale } from '../../../lib/ledger/state/notified.ts';
import { noteRecovered, publishStaleness } from '../../../lib/run/notify/staleness.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { type InboxScene, inboxScene } from '../../support/inbox-scene.ts';
import { T0 } from '../../support/runs.ts';

const DAY = 24 * 60 * 60_000;
const SINCE = T0 - 3 * DAY;
const STALE = `stale-nightly-${SINCE}`;
const RECOVERED = `recovered-nightly-${SINCE}`;
const notification = { policy: 'nightly', since: SINCE };
const over = { ...notification, run_id: 'nightly-20260102t023000z' };
const notified = { ...notification, notified_at: T0 };

const ran = (
  { store }: InboxScene,
  settled_at: number,
  outcome: 'completed' | 'failed' = 'completed',
) => recordSettled(store, 'nightly', { run_id: 'n-1', outcome, settled_at });

describe('noteRecovered', () => {
  it('writes a hint when drive has notified that the policy was stale', async () => {
    const { deps, store, hints } = inboxScene();
    await writeNotifiedStale(store, notified);
    await noteRecovered(deps, over, 'zh');
    expect(await hints()).toEqual([RECOVERED]);
    expect(await readRecovered(store, RECOVERED)).toMatchObject({ ...over, language: 'zh' });
  });

  it('writes nothing when no staleness was notified', async () => {
    const { deps, hints } = inboxScene();
    await noteRecovered(deps, over, 'en');
    expect(await hints()).toEqual([]);
  });
});

describe('publishStaleness', () => {
  it('publishes that a policy is stale, records when, and removes the hint', async () => {
    const world = inboxScene();
    const { deps, store, lines, hints } = world;
    await putStale(store, notification);
    await publishStaleness(deps, [STALE]);
    const iso = '2025-12-30T02:30:00.000Z';
    expect(world.published).toMatchObject([
      {
        ...{ kind: 'stale', policy: 'nightly', reason: `no_good_run since ${iso}` },
        message: expect.stringContaining('since 2025-12-30 02:30 UTC') as string,
      },
    ]);
    expect(lines).toEqual([['info', 'notified', { policy: 'nightly', kind: 'stale' }]]);
    expect(await readNotifiedStale(store, 'nightly')).toMatchObject({
      since: SINCE,
      notified_at: T0,
    });
    expect(await hints()).toEqual([]);
  });

  it('publishes the recovery with the report, and forgets the staleness', async () => {
    const world = inboxScene();
    const { deps, store, lines, hints } = world;
    await writeNotifiedStale(store, notified);
    await putRecovered(store, over);
    await publishStaleness(deps, [RECOVERED]);
    expect(world.published).toMatchObject([
      {
        ...{ kind: 'recovered', policy: 'nightly', run_id: over.run_id },
        report: { bucket: 'ledger', key: `vault/runs/${over.run_id}/report.json` },
        message: 'Backups are up to date again.',
      },
    ]);
    const fields = { run: over.run_id, policy: 'nightly', kind: 'recovered' };
    expect(lines).toEqual([['info', 'notified', fields]]);
    expect(await readNotifiedStale(store, 'nightly')).toBeUndefined();
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['zh', true],
    ['en', false],
    [undefined, false],
  ] as const)('uses the language of the policy: %s', async (language, isChinese) => {
    const world = inboxScene();
    const { deps, store } = world;
    const own = language === undefined ? {} : { language };
    await putStale(store, { ...notification, ...own });
    await putRecovered(store, { ...over, ...own });
    await publishStaleness(deps, [STALE]);
    await publishStaleness(deps, [RECOVERED]);
    const chinese = world.published.map(({ message }) => /\p{Script=Han}/u.test(String(message)));
    expect(chinese).toEqual([isChinese, isChinese]);
  });

  it('publishes a recovery before a later staleness', async () => {
    const world = inboxScene();
    const { deps, store } = world;
    await writeNotifiedStale(store, notified);
    await putRecovered(store, over);
    await putStale(store, { ...notification, since: SINCE + DAY });
    await publishStaleness(deps, [`stale-nightly-${SINCE + DAY}`, RECOVERED]);
    expect(world.published.map(({ kind }) => kind)).toEqual(['recovered', 'stale']);
  });

  it('ignores other hints, and those that are gone', async () => {
    const world = inboxScene();
    const { deps, store, lines, hints } = world;
    await store.put(layout.hint('trace-1'), '{}');
    await publishStaleness(deps, ['trace-1', STALE, RECOVERED]);
    expect([world.published, lines]).toEqual([[], []]);
    expect(await hints()).toEqual(['trace-1']);
  });

  it.each<[string, (world: InboxScene) => Promise<unknown>, number]>([
    ['was notified', ({ store }) => writeNotifiedStale(store, notified), 0],
    [
      'was notified of a later staleness',
      ({ store }) => writeNotifiedStale(store, { ...notified, since: SINCE + 1 }),
      0,
    ],
    [
      'was notified of an earlier staleness',
      ({ store }) => writeNotifiedStale(store, { ...notified, since: SINCE - 1 }),
      1,
    ],
    [
      'was about to be notified when a drive was killed',
      ({ store }) => writeNotifiedStale(store, notification),
      1,
    ],
    ['had a good run since', (world) => ran(world, SINCE + 1), 0],
    ['had a run since that failed', (world) => ran(world, SINCE + 1, 'failed'), 1],
    ['had its good run at that moment', (world) => ran(world, SINCE), 1],
  ])(
    'publishes staleness once, and not after a good run: the policy %s',
    async (_, before, messages) => {
      const world = inboxScene();
      await before(world);
      await putStale(world.store, notification);
      await publishStaleness(world.deps, [STALE]);
      expect(world.published).toHaveLength(messages);
      expect(await world.hints()).toEqual([]);
    },
  );

  it.each([
    ['was not notified', undefined],
    ['differs from the notified one', { ...notified, since: SINCE + DAY }],
  ])('publishes no recovery from a staleness that %s', async (_, before) => {
    const world = inboxScene();
    const { deps, store, hints } = world;
    if (before !== undefined) await writeNotifiedStale(store, before);
    await putRecovered(store, over);
    await publishStaleness(deps, [RECOVERED]);
    expect(world.published).toEqual([]);
    expect(await hints()).toEqual([]);
    expect((await readNotifiedStale(store, 'nightly'))?.since).toBe(before?.since);
  });

  it('keeps hints while the topic fails, and publishes the recovery from what it may have published', async () => {
    const world = inboxScene();
    const { deps, store, topic, hints, lines } = world;
    topic.fails = new PhonevaultError('unreachable', 'no answer');
    await putStale(store, notification);
    await publishStaleness(deps, [STALE]);
    expect(await readNotifiedStale(store, 'nightly')).toEqual(notification);
    await noteRecovered(deps, over, 'en');
    await publishStaleness(deps, [STALE, RECOVERED]);
    expect(await hints()).toEqual([RECOVERED, STALE]);
    expect((await readNotifiedStale(store, 'nightly'))?.since).toBe(SINCE);
    expect(new Set(lines.map(([, event]) => event))).toEqual(new Set(['notify_failed']));
    topic.fails = undefined;
    await publishStaleness(deps, [RECOVERED]);
    expect(world.published.map(({ kind }) => kind)).toEqual(['recovered']);
    expect(await hints()).toEqual([STALE]);
  });

  it.each([
    ['is invalid', STALE, '{', 'object_invalid'],
    ['has a newer version', STALE, '{"version":2}', 'object_newer'],
    ['is an invalid recovery', RECOVERED, '{', 'object_invalid'],
  ])('logs that a hint %s, and keeps it', async (_, id, body, code) => {
    const { deps, store, lines, hints } = inboxScene();
    await store.put(layout.hint(id), body);
    await publishStaleness(deps, [id]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { code }]]);
    expect(await hints()).toEqual([id]);
  });

  it('keeps a hint that the bucket does not return', async () => {
    const { deps, store, lines, hints } = inboxScene();
    await putStale(store, notification);
    await publishStaleness(withFailingStore(deps, 'get'), [STALE]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { key: layout.hint(STALE) }]]);
    expect(await hints()).toEqual([STALE]);
  });
});
