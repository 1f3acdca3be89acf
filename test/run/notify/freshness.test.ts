import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { putFreshnessHint, readFreshnessHint } from '../../../lib/ledger/hints/freshness.ts';
import { readFreshness } from '../../../lib/ledger/state/freshness.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import {
  readNotifiedStale,
  writeNotifiedStale,
} from '../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { checkRecovered, publishFreshness } from '../../../lib/run/notify/freshness.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { activate, DAY, storeRun } from '../../support/full-run.ts';
import { policyText } from '../../support/policy-text.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HINT = 'freshness-nightly';
const RUN = 'nightly-20260101t023000z';
/** When the runs of 31 December and 1 January should have ended. */
const NOW = T0 - DAY + 241 * MINUTE;
const OLD = T0 - 8 * DAY;
const known = { policy: 'nightly', since: NOW - DAY, at: NOW - DAY, notified_at: NOW - MINUTE };

/** A policy of ten phones, of which `late` have failed for long; a hint to check it. */
async function scene({ late = 2, language = undefined as 'en' | 'zh' | undefined } = {}) {
  const world = inboxScene(NOW);
  const phones = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [
      `p${n}`,
      n < late
        ? {
            outcome: 'failed' as const,
            reason: 'job_failed',
            code: 'CPS.0103',
            verified_at: OLD + n,
          }
        : {},
    ]),
  );
  await activate(world.store);
  await storeRun(world.store, RUN, { phones, settledAt: NOW - 60 * MINUTE });
  const hint = (at = NOW) =>
    putFreshnessHint(world.store, {
      ...{ policy: 'nightly', at },
      ...(language === undefined ? {} : { language }),
    });
  await hint();
  return { ...world, hint, publish: () => publishFreshness(world.deps, [HINT]) };
}

describe('checkRecovered', () => {
  it('asks for a check when drive has notified that the policy was stale', async () => {
    const { deps, store, hints } = inboxScene();
    await writeNotifiedStale(store, known);
    await checkRecovered(deps, 'nightly', 'zh');
    expect(await hints()).toEqual([HINT]);
    const hint = { policy: 'nightly', at: T0, language: 'zh' };
    expect(await readFreshnessHint(store, HINT)).toEqual(hint);
  });

  it('asks for nothing when no staleness was notified', async () => {
    const { deps, hints } = inboxScene();
    await checkRecovered(deps, 'nightly', 'en');
    expect(await hints()).toEqual([]);
  });
});

describe('publishFreshness', () => {
  it('leaves to the next drive what it does not get to in its time', async () => {
    const { deps, published, hints } = await scene();
    await publishFreshness({ ...deps, until: NOW }, [HINT]);
    expect([published, await hints()]).toEqual([[], [HINT]]);
  });

  it('publishes which phones of a policy have no recent backup, records it, and removes the hint', async () => {
    const { publish, published, store, lines, hints } = await scene();
    await publish();
    const phone = (n: number) => ({
      ...{ phone_id: `p${n}`, phone_name: `game-p${n}`, outcome: 'failed' },
      ...{ reason: 'job_failed', code: 'CPS.0103' },
      last_backup: new Date(OLD + n).toISOString(),
    });
    expect(published).toMatchObject([
      {
        ...{ kind: 'stale', policy: 'nightly', reason: 'late_phones', run_id: null },
        ...{ since: new Date(NOW).toISOString(), checked_at: new Date(NOW).toISOString() },
        objective: { max_age_seconds: null, phones_percent: 90 },
        phones: { counted: 10, fresh: 8, late: 2, never: 0, not_exportable: 0 },
        message: expect.stringMatching(
          /^nightly stale: 2 of 10 phones have no backup since 2025-12-31 02:30 UTC \(game-p0, game-p1\), 80% have one, objective 90%\. /,
        ) as string,
        failed: [phone(0), phone(1)],
        truncated: false,
      },
    ]);
    expect(lines).toEqual([['info', 'notified', { policy: 'nightly', kind: 'stale' }]]);
    expect(await readNotifiedStale(store, 'nightly')).toEqual({
      ...{ policy: 'nightly', since: NOW, at: NOW, notified_at: NOW },
      phones: { counted: 10, fresh: 8 },
    });
    expect(await hints()).toEqual([]);
  });

  it('publishes nothing, but stores what the archives say, when the hint was wrong', async () => {
    const { publish, published, store, hints } = await scene({ late: 1 });
    await publish();
    expect([published, await hints()]).toEqual([[], []]);
    expect(await readFreshness(store, 'nightly')).toMatchObject({ run_id: RUN, never: 0 });
  });

  it('publishes the recovery with the report, and forgets the staleness', async () => {
    const { publish, published, store, lines, hints } = await scene({ late: 1 });
    await writeNotifiedStale(store, known);
    await publish();
    expect(published).toMatchObject([
      {
        ...{ kind: 'recovered', policy: 'nightly', run_id: RUN },
        report: { bucket: 'ledger', key: `vault/runs/${RUN}/report.json` },
        since: new Date(known.since).toISOString(),
        message: expect.stringMatching(
          /^nightly recovered: backups are up to date again, /,
        ) as string,
      },
    ]);
    const fields = { run: RUN, policy: 'nightly', kind: 'recovered' };
    expect(lines).toEqual([['info', 'notified', fields]]);
    expect(await readNotifiedStale(store, 'nightly')).toBeUndefined();
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['the message', layout.stale('nightly'), 'notified_not_written'],
    ['what the archives say', layout.freshness('nightly'), 'freshness_not_written'],
  ])('publishes staleness although %s cannot be stored', async (_, key, event) => {
    const { deps, published, hints, logged } = await scene();
    await publishFreshness(withFailingStore(deps, 'put', undefined, key), [HINT]);
    expect(published).toMatchObject([{ kind: 'stale' }]);
    expect(await hints()).toEqual([]);
    expect(logged(event)).not.toEqual([]);
  });

  it('publishes a recovery once although the staleness cannot be deleted', async () => {
    const { deps, published, store, hint, hints } = await scene({ late: 1 });
    await writeNotifiedStale(store, known);
    const { remove } = store;
    deps.store.remove = async (keys) => {
      const own = keys.filter((key) => key === layout.stale('nightly'));
      await remove(keys.filter((key) => !own.includes(key)));
      return own.map((key) => ({ key, code: 'AccessDenied' }));
    };
    await publishFreshness(deps, [HINT]);
    await hint();
    await publishFreshness(deps, [HINT]);
    expect(published.map(({ kind }) => kind)).toEqual(['recovered']);
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['zh', true],
    ['en', false],
    [undefined, false],
  ] as const)('uses the language of the policy: %s', async (language, isChinese) => {
    const { publish, published, store } = await scene({ language });
    await publish();
    const recovered = await scene({ language, late: 0 });
    await writeNotifiedStale(recovered.store, known);
    await recovered.publish();
    expect(await readNotifiedStale(store, 'nightly')).toBeDefined();
    const messages = [...published, ...recovered.published];
    const chinese = messages.map(({ message }) => /\p{Script=Han}/u.test(String(message)));
    expect(chinese).toEqual([isChinese, isChinese]);
  });

  it.each(['unreadable', 'lost'])(
    'publishes staleness by the policy file when the cursors are %s',
    async (how) => {
      const { deps, store, published, hints } = await scene();
      await store.remove([layout.cursors]);
      await store.put(layout.policy('nightly'), policyText('nightly'));
      const list: typeof store.list = async (...args) =>
        (await store.list(...args)).map((one) => ({ ...one, lastModified: NOW - 9 * DAY }));
      const get: typeof store.get = (key) =>
        how === 'unreadable' && key === layout.cursors
          ? Promise.reject(new PhonevaultError('access_denied', 'no right'))
          : store.get(key);
      await publishFreshness({ ...deps, store: { ...store, get, list } }, [HINT]);
      expect(published).toMatchObject([{ kind: 'stale', policy: 'nightly' }]);
      expect(await hints()).toEqual([]);
    },
  );

  it('ignores other hints, and those that are gone', async () => {
    const { deps, store, published, lines, hints } = inboxScene();
    await store.put(layout.hint('trace-1'), '{}');
    await publishFreshness(deps, ['trace-1', HINT]);
    expect([published, lines]).toEqual([[], []]);
    expect(await hints()).toEqual(['trace-1']);
  });

  it.each([
    ['was notified', known, 0],
    [
      'was notified, and twice as many are late',
      { ...known, phones: { counted: 10, fresh: 9 } },
      0,
    ],
    ['was notified, and many more are late', { ...known, phones: { counted: 30, fresh: 30 } }, 1],
    ['was notified before it was active again', { ...known, since: -1 }, 1],
    ['was notified a day ago', { ...known, notified_at: NOW - DAY }, 1],
  ])(
    'publishes staleness again only when it is worse, or daily: the policy %s',
    async (_, before, count) => {
      const { publish, published, store, hints } = await scene();
      await writeNotifiedStale(store, before);
      await publish();
      expect(published).toHaveLength(count);
      expect(await hints()).toEqual([]);
    },
  );

  it('publishes under another id when it is worse, and under the same id when it may not have been sent', async () => {
    const { publish, published, store, hint, clock } = await scene();
    await publish();
    const sent = await readNotifiedStale(store, 'nightly');
    if (sent === undefined) throw new Error('nothing was recorded');
    await writeNotifiedStale(store, { ...sent, notified_at: undefined });
    await hint(NOW + 5);
    await publish();
    await writeNotifiedStale(store, { ...sent, phones: { counted: 10, fresh: 10 } });
    await hint(NOW + DAY);
    clock.move(DAY);
    await publish();
    const ids = published.map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(published[2]).toMatchObject({ since: new Date(NOW).toISOString() });
  });

  it('publishes that no run completed when nothing is known of the phones', async () => {
    const { deps, store, published } = inboxScene(NOW);
    await activate(store);
    const good = { run_id: 'n-1', outcome: 'completed', settled_at: OLD } as const;
    await recordSettled(store, 'nightly', good);
    await putFreshnessHint(store, { policy: 'nightly', at: NOW });
    await publishFreshness(deps, [HINT]);
    expect(published).toMatchObject([
      {
        ...{ kind: 'stale', reason: 'no_good_run', phones: null, failed: [], truncated: false },
        message: expect.stringContaining('since 2025-12-25 02:30 UTC') as string,
      },
    ]);
  });

  it('publishes the unreadable object, not staleness, when nothing can be known', async () => {
    const { deps, store, published, hints, logged } = inboxScene(NOW);
    await activate(store);
    await putFreshnessHint(store, { policy: 'nightly', at: NOW });
    const broken = withFailingStore(deps, 'get', undefined, layout.history('nightly'));
    await publishFreshness(broken, [HINT]);
    expect(published).toEqual([]);
    expect(logged('object_unreadable').map(([, , fields]) => fields)).toMatchObject([
      { key: layout.history('nightly') },
    ]);
    expect(await hints()).toEqual([HINT]);
  });

  it('publishes nothing about a policy that is not active any more', async () => {
    const { publish, published, store, hints } = await scene();
    await store.remove([layout.cursors]);
    await publish();
    expect([published, await hints()]).toEqual([[], []]);
  });

  it('keeps the hint while the topic fails, and publishes the recovery from what it may have published', async () => {
    const { publish, published, store, topic, hints, lines } = await scene();
    topic.fails = new PhonevaultError('unreachable', 'no answer');
    await publish();
    expect(await readNotifiedStale(store, 'nightly')).toEqual({
      ...{ policy: 'nightly', since: NOW, at: NOW, phones: { counted: 10, fresh: 8 } },
    });
    expect(await hints()).toEqual([HINT]);
    expect(new Set(lines.map(([, event]) => event))).toEqual(new Set(['notify_failed']));
    topic.fails = undefined;
    await storeRun(store, 'nightly-2', {
      phones: { p0: {}, p1: {} },
      requested: ['p0', 'p1'],
      settledAt: NOW,
    });
    await publish();
    expect(published.map(({ kind }) => kind)).toEqual(['recovered']);
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['is invalid', '{', 'object_invalid'],
    ['has a newer version', '{"version":2}', 'object_newer'],
  ])('logs that a hint %s, and keeps it', async (_, body, code) => {
    const { deps, store, lines, hints } = inboxScene();
    await store.put(layout.hint(HINT), body);
    await publishFreshness(deps, [HINT]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { code }]]);
    expect(await hints()).toEqual([HINT]);
  });

  it('keeps a hint that the bucket does not return', async () => {
    const { deps, lines, hints } = await scene();
    await publishFreshness(withFailingStore(deps, 'get'), [HINT]);
    expect(lines).toMatchObject([['error', 'object_unreadable', { key: layout.hint(HINT) }]]);
    expect(await hints()).toEqual([HINT]);
  });
});
